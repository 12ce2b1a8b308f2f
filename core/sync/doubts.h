// How doubts end where no key can decide: settling, a proposal, parked, and the quiet read after which the
// gap goes through the one door.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/journal.h"
#include "core/stack/asks.h"
#include "core/stack/cart_board.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/stack/retry_schedule.h"
#include "core/store/store.h"
#include "core/sync/door.h"
#include "core/sync/imports.h"
#include "core/sync/quiet_round.h"
#include "core/sync/scales.h"

namespace stocktray::sync {

struct DoubtTimes {
    Milliseconds between_reads{10'000};  // two equal reads must lie at least so far apart
    Milliseconds after_import{30'000};   // before the first quiet read after an import
    Milliseconds second_look{60'000};    // from a confirmation to the second look at its listing
    stack::RetrySchedule::Limits backoff{Milliseconds{30'000}, Milliseconds{1'800'000}, Milliseconds{3'600'000}};
};

class Doubts {
public:
    Doubts(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, Journal& journal,
           stack::Exchanges& exchanges, Scales& scales, Door& door, DoubtTimes times) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          journal_{journal},
          exchanges_{exchanges},
          scales_{scales},
          door_{door},
          times_{times} {}

    // Moves the cart's doubts on: begins a read when one is due.
    void advance(stack::CartState& cart, Now now);
    // The cart is off or stopped: what is unclear is parked, no read goes on.
    void park_all(stack::CartState& cart, Now now);
    // Asks a person about what has been parked for too long, whatever else holds the cart up. Returns when the next of its parked
    // posts is that old.
    std::optional<AgentTime> watch_age(const stack::CartState& cart, Now now);
    // An answer to a question of ours.
    void answered(stack::CartState& cart, std::int64_t round_number, const cart::Done& done, Now now);
    // The Order Manager has imported the cart's web orders. One that told nothing new disturbs no read; it may be the
    // second one that a positive gap waits for.
    void imported(stack::CartState& cart, Imports::News news, Now now);
    [[nodiscard]] std::optional<AgentTime> next_wakeup(const stack::CartState& cart, Now now) const;

    // What a person is told of a post in doubt.
    [[nodiscard]] stack::WaitingFor waits_for(const stack::CartState& cart, const stack::Post& post, Now now) const;

private:
    enum class Aim { settle, quiet };

    struct Round {
        std::int64_t number{0};  // an answer belongs to one round
        Aim aim{Aim::settle};
        QuietRound reads;
    };
    struct CartDoubts {
        std::optional<Round> round;
        std::optional<AgentTime> quiet_at;  // when a quiet read is tried
        std::int64_t tries{0};
        AgentTime settle_at{};              // no settling read before: the last ones failed
        std::int64_t settle_tries{0};
        std::size_t next_listing{0};        // where the next round goes on, when there are many
    };

    void begin_settle(stack::CartState& cart, CartDoubts& state, Now now);
    void begin_quiet(stack::CartState& cart, CartDoubts& state, Now now);
    void ask(stack::CartState& cart, const Round& round, Now now);
    void give_up(stack::CartState& cart, CartDoubts& state, Now now);
    void finish_settle(stack::CartState& cart, const Round& round, Now now);
    void finish_quiet(stack::CartState& cart, const Round& round, Now now);
    void judge(stack::CartState& cart, const QuietRound::Watched& watched, const QuietRound& reads, Now now);

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    Journal& journal_;
    stack::Exchanges& exchanges_;
    Scales& scales_;
    Door& door_;
    DoubtTimes times_;
    std::map<stack::CartKey, CartDoubts> carts_;
    std::int64_t last_round_{0};
};

}  // namespace stocktray::sync
