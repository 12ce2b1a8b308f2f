// Which posts of a cart leave next, and in which requests. A change waits for nothing but a free connection; what a
// job sends goes behind the changes, in full requests.
#pragma once
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/stack/cart_board.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/store/store.h"

namespace stocktray::stack {

class Claims {
public:
    Claims(store::Store& store, PostQueue& queue, Exchanges& exchanges, Random& random) noexcept
        : store_{store}, queue_{queue}, exchanges_{exchanges}, random_{random} {}

    // For a cart that may be posted to: what may leave now is `sending` and asked. Within a turn.
    void claim(CartState& cart, Now now);

    // When something may leave without any other event.
    [[nodiscard]] std::optional<AgentTime> next_wakeup(const CartState& cart, Now now) const;

private:
    void claim_repeats(CartState& cart, std::int64_t& free, Now now);
    void claim_changes(CartState& cart, std::int64_t free, Now now);
    void claim_for_jobs(CartState& cart, Now now);
    void send(CartState& cart, std::vector<Post> posts, cart::Sending sending, Now now);
    [[nodiscard]] static std::int64_t connections(const CartState& cart) noexcept;
    [[nodiscard]] static std::int64_t connections_for_jobs(const CartState& cart) noexcept;

    store::Store& store_;
    PostQueue& queue_;
    Exchanges& exchanges_;
    Random& random_;
};

}  // namespace stocktray::stack
