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
#include "core/stack/claims.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/stack/retry_schedule.h"
#include "core/store/store.h"

namespace stocktray::sync {
class Doubts;
class SecondLooks;
}

namespace stocktray::stack {

// May new posts leave, or is the agent about to end?
enum class Sendings { allowed, ending };

class StackController {
public:
    StackController(store::Store& store, CartBoard& board, PostQueue& queue, Journal& journal, Exchanges& exchanges,
                    CartStanding& standing, sync::Doubts& doubts, sync::SecondLooks& looks, RetrySchedule schedule, Random& random) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          journal_{journal},
          exchanges_{exchanges},
          standing_{standing},
          doubts_{doubts},
          looks_{looks},
          schedule_{schedule},
          random_{random},
          claims_{store, queue, exchanges, random} {}

    // Once, in the first turn: what was being sent when the last run ended is uncertain now (law 2).
    void start(Now now);

    // What came of a question: first what it says of the cart, then what it says of its posts. Returns the exchange
    // if it was asked by somebody else, whose answer it is then; unknown exchanges are ignored.
    [[nodiscard]] std::optional<Exchange> answered(ExchangeId id, const cart::Done& done, Now now);

    // The end of a turn, cart by cart: pauses that are over; then questions, and the claim of what leaves next;
    // then numbers and lateness.
    void tend(CartState& cart, Now now);
    // True if the cart can be asked: it is on, nothing stops it, and it is known.
    [[nodiscard]] bool advance(CartState& cart, Now now);
    void refresh(CartState& cart, Now now);

    // When the end of a turn has to come again without any event.
    [[nodiscard]] std::optional<AgentTime> next_wakeup(const CartState& cart, Now now) const;
    [[nodiscard]] bool can_be_asked(const CartState& cart) const noexcept;

    // A person wants a try now: circuit, contact and waiting retries.
    void hurry(CartState& cart, Now now);

private:
    [[nodiscard]] static bool is_open(const CartState& cart) noexcept;
    [[nodiscard]] bool needs_base(const CartState& cart) const noexcept;

    void on_update(CartState& cart, PostId id, const cart::UpdateResult& result, const Exchange& exchange, Now now);
    void on_first(CartState& cart, Post& post, const cart::UpdateResult& result, Now now);
    [[nodiscard]] bool is_still_mapped(const CartState& cart, const Post& post) const;
    void on_repeat(CartState& cart, Post& post, const cart::UpdateResult& result, Now now);
    void on_applied(CartState& cart, Post& post, const cart::UpdateResult& result, cart::Sending sending, On on,
                    Now now);

    [[nodiscard]] std::optional<store::OldestPost> oldest_of(const CartState& cart) const;
    void judge_time(CartState& cart, Now now);
    void ask_person(CartState& cart, const Post& post, const std::string& message, const std::string& hint, Now now);

    store::Store& store_;
    CartBoard& board_;
    PostQueue& queue_;
    Journal& journal_;
    Exchanges& exchanges_;
    CartStanding& standing_;
    sync::Doubts& doubts_;
    sync::SecondLooks& looks_;
    RetrySchedule schedule_;
    Random& random_;
    Claims claims_;
    bool has_confirmed_{false};  // the answer being taken in confirmed a post
};

}  // namespace stocktray::stack
