// The post-stack controller: decides what leaves to which cart and when, and what an answer means. Sans I/O:
// events and the time come in, questions (`Ask`) go out; what it decides is in the store's open transaction.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/journal.h"
#include "core/random.h"
#include "core/stack/asks.h"
#include "core/stack/cart_board.h"
#include "core/stack/cart_standing.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/stack/retry_schedule.h"
#include "core/store/store.h"

namespace stocktray::sync {
class Doubts;
}

namespace stocktray::stack {

// May new posts leave, or is the agent about to end?
enum class Sendings { allowed, ending };

class StackController {
public:
    StackController(store::Store& store, CartBoard& board, PostQueue& queue, Journal& journal, Exchanges& exchanges,
                    CartStanding& standing, sync::Doubts& doubts, RetrySchedule schedule, Random& random) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          journal_{journal},
          exchanges_{exchanges},
          standing_{standing},
          doubts_{doubts},
          schedule_{schedule},
          random_{random} {}

    // Once, in the first turn: what was being sent when the last run ended is uncertain now (law 2).
    void start(Now now);

    // What came of a question. Unknown exchanges are ignored.
    void answered(ExchangeId id, const cart::Done& done, Now now);
    // A page of a store's counts, before the answer itself.
    void counts_page(ExchangeId id, const std::vector<cart::ReadCount>& page, Now now);

    // The end of a turn: timers, questions to carts, and the claim of what leaves next.
    void work(Now now, Sendings sendings);

    // When `work` has to be called again without any event.
    [[nodiscard]] std::optional<AgentTime> next_wakeup(Now now) const;

    // A person wants a try now: circuit, contact and waiting retries.
    void hurry(CartState& cart, Now now);

private:
    void advance(CartState& cart, Now now);
    void claim(CartState& cart, Now now);
    void claim_repeats(CartState& cart, std::int64_t& free, Now now);
    void send(CartState& cart, std::vector<Post> posts, cart::Sending sending, Now now);
    [[nodiscard]] std::int64_t connections(const CartState& cart) const noexcept;

    void on_update(CartState& cart, PostId id, const cart::UpdateResult& result, const Exchange& exchange, Now now);
    void on_first(CartState& cart, Post& post, const cart::UpdateResult& result, Now now);
    void on_repeat(CartState& cart, Post& post, const cart::UpdateResult& result, Now now);
    void on_applied(CartState& cart, Post& post, const cart::UpdateResult& result, cart::Sending sending, On on,
                    Now now);

    void refresh(CartState& cart, Now now);
    void judge_time(CartState& cart, Now now);
    void ask_person(CartState& cart, const Post& post, const std::string& message, const std::string& hint, Now now);

    store::Store& store_;
    CartBoard& board_;
    PostQueue& queue_;
    Journal& journal_;
    Exchanges& exchanges_;
    CartStanding& standing_;
    sync::Doubts& doubts_;
    RetrySchedule schedule_;
    Random& random_;
    bool has_learned_{false};  // the answer being taken in said something of its cart that is to be kept
};

}  // namespace stocktray::stack
