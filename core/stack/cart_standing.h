// How we stand with a cart: whether it answers, who it is, and whether it may be posted to. Whatever stops a
// cart, and whatever ends a stop, is here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/journal.h"
#include "core/random.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/stack/retry_schedule.h"
#include "core/store/store.h"

namespace stocktray::sync {
class Doubts;
}

namespace stocktray::stack {

class CartStanding {
public:
    CartStanding(store::Store& store, CartBoard& board, PostQueue& queue, Journal& journal, Exchanges& exchanges,
                 sync::Doubts& doubts, RetrySchedule schedule, Random& random) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          journal_{journal},
          exchanges_{exchanges},
          doubts_{doubts},
          schedule_{schedule},
          random_{random} {}

    // What an answer says of the cart, whatever it says of the posts. Doubts settle from a failure on, and only
    // work that has succeeded closes a circuit for good.
    enum class Asked { who_it_is, to_work };
    void note_good(CartState& cart, AgentTime begun, Asked purpose, Now now);
    void note_refusal(CartState& cart, const cart::UpdateResult& result);
    void note_failure(CartState& cart, cart::Cause cause, const std::string& said,
                      std::optional<Milliseconds> retry_after, Now now);
    // It answers, but not with what is needed: asked again ever more rarely.
    void disappoint(CartState& cart, std::optional<Milliseconds> retry_after, Now now);

    // A post's fate is unclear although the store was reached: a script that leaves one after the other in doubt is left alone like one
    // that is away.
    void note_doubt(CartState& cart, cart::Cause cause, const std::string& said, std::optional<Milliseconds> retry_after, Now now);
    // Who it is. `known_seq`: the store's counter as we knew it when we asked.
    void on_version(CartState& cart, const cart::VersionResult& result, std::int64_t known_seq, Now now);
    void on_probe(CartState& cart, const cart::ProbeResult& result, std::int64_t known_seq, Now now);
    // Its script does not remember keys any more.
    void drop_capability(CartState& cart, Now now);

    void stop(CartState& cart, cart::Stop reason, std::string detail, Now now);
    // Stops it if the cause says that no other post would fare better.
    void stop_for(CartState& cart, cart::Cause cause, const std::string& said, Now now);
    // The store counts fewer of our changes than it has confirmed.
    void stop_as_forgetful(CartState& cart, std::int64_t known_there, std::int64_t known_here, Now now);
    // This database does not know what was sent since: what it calls unsent is in doubt, and all carts stop.
    void distrust_ourselves(store::Trouble trouble, Now now);

    // The cart leads to another store now: what the former one was asked, and is still to answer, is said of that one.
    void forget_questions(CartState& cart);
    // Ends a stop (credentials changed, store accepted); the cart is asked again who it is.
    void release(CartState& cart);
    // A person says that this agent is the one for the cart's connector from now on.
    [[nodiscard]] Result<void> take_over(CartState& cart, Now now);
    // A person has compared the counts and accepts the store (or our own database) as it is: what was parked
    // stays parked, every listing is unaligned, and posting goes on.
    [[nodiscard]] Result<void> accept(CartState& cart, Now now);
    // Once no cart is stopped for it any more, the restore of our database is over.
    void end_trouble();

private:
    // The cart that already works with this store, by the id of its connector; none: this one may.
    [[nodiscard]] const CartState* works_already(const CartState& cart, std::string_view store) const;
    void hold_back(CartState& cart, const CartState& other, Now now);
    void meet(CartState& cart, const std::optional<cart::Extension>& extension, std::int64_t known_seq, Now now);

    store::Store& store_;
    CartBoard& board_;
    PostQueue& queue_;
    Journal& journal_;
    Exchanges& exchanges_;
    sync::Doubts& doubts_;
    RetrySchedule schedule_;
    Random& random_;
};

}  // namespace stocktray::stack
