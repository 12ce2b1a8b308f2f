// Everything that decides, put together: what the agent and the simulation drive. Work is done in turns; what
// a turn decided is on disk before any of its questions, answers and news leave.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "core/jobs/handover.h"
#include "core/jobs/jobs.h"
#include "core/journal.h"
#include "core/random.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/cart_standing.h"
#include "core/stack/exchanges.h"
#include "core/stack/interventions.h"
#include "core/stack/post_queue.h"
#include "core/stack/stack_controller.h"
#include "core/store/store.h"
#include "core/sync/bases.h"
#include "core/sync/books.h"
#include "core/sync/door.h"
#include "core/sync/doubts.h"
#include "core/sync/imports.h"
#include "core/sync/repairs.h"
#include "core/sync/second_looks.h"
#include "core/sync/snapshot_intake.h"
#include "core/sync/sources.h"
#include "core/sync/switching.h"

namespace stocktray {

class Controller {
public:
    struct Times {
        stack::RetrySchedule::Limits retry;
        sync::DoubtTimes doubts;
    };

    // `store` must outlive the controller.
    Controller(store::Store& store, Times times, Random random);

    // The first turn. `trouble`: what was found out about this database before; carts stop because of it.
    // `machine`: where it runs now.
    [[nodiscard]] Result<void> start(store::Trouble trouble, const std::string& machine, Now now);

    // Asked before each further slice of work that could be left to the next turn as well.
    using MayGoOn = std::function<bool()>;

    // Runs `work` and then what follows from it in one transaction. After an error nothing of it happened. Jobs do one
    // slice, and more of them while `may_go_on`.
    [[nodiscard]] Result<void> turn(Now now, stack::Sendings sendings, const std::function<void()>& work,
                                    const MayGoOn& may_go_on = [] { return false; });

    // What came of a question, and a page of a store's counts before it. Within a turn.
    void answered(stack::ExchangeId id, const cart::Done& done, Now now);
    // `answer`: the number of the store's answer that the page stands in.
    void counts_page(stack::ExchangeId id, const std::vector<cart::ReadCount>& page, std::int32_t answer);

    // Runs `work`, which only reads; nothing follows from it.
    [[nodiscard]] Result<void> read(Now now, const std::function<void()>& work);

    // Of the turns committed since the last call.
    [[nodiscard]] std::vector<stack::Ask> take_asks() { return exchanges.take_asks(); }
    [[nodiscard]] std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }
    [[nodiscard]] std::optional<AgentTime> next_wakeup(Now now) const;

    // Fresh entropy, so that a copy of this process does not draw the same keys.
    void stir(std::uint64_t entropy) noexcept { random_.stir(entropy); }

private:
    void distrust_memory(Now now);
    void orders_imported(stack::CartState& cart, sync::Imports::News news, Now now);
    void end_turn(Now now, stack::Sendings sendings, const MayGoOn& may_go_on);
    void work_on(Now now, const MayGoOn& may_go_on);
    void prune(Now now);
    [[nodiscard]] bool forget_broken_lists();

    Random random_;
    std::vector<Notice> notices_;
    bool is_board_stale_{false};
    std::optional<AgentTime> pruned_;
    bool is_taking_over_{true};  // a snapshot: so the last turn left it
    bool is_pruning_{false};  // one turn was not enough for it

public:
    store::Store& store;
    Journal journal;
    stack::CartBoard board;
    stack::PostQueue queue;
    stack::Exchanges exchanges;
    sync::Scales scales;
    sync::Door door;
    sync::Repairs repairs;
    sync::Doubts doubts;
    sync::SecondLooks looks;
    stack::CartStanding standing;
    stack::StackController stack;
    stack::Interventions interventions;
    sync::Bases bases;
    sync::Books books;
    sync::SnapshotIntake snapshots;
    sync::Imports imports;
    sync::Sources sources;
    sync::Switching switching;
    jobs::Jobs jobs;
    jobs::Handover handover;
};

}  // namespace stocktray
