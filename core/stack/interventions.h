// What people do to posts: retry, cancel, pause, resume, and decide a doubt. Each is kept in the history.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/cart_standing.h"
#include "core/stack/post_queue.h"
#include "core/stack/stack_controller.h"
#include "core/store/store.h"

namespace stocktray::sync {
class SecondLooks;
}

namespace stocktray::stack {

// Either these posts or all of a cart.
struct Selection {
    std::vector<PostId> posts;
    std::optional<std::string> cart;
};

class Interventions {
public:
    Interventions(store::Store& store, CartBoard& board, PostQueue& queue, StackController& stack,
                  CartStanding& standing, sync::SecondLooks& looks, const Exchanges& exchanges, Journal& journal) noexcept
        : store_{store}, board_{board}, queue_{queue}, stack_{stack}, standing_{standing}, looks_{looks}, exchanges_{exchanges}, journal_{journal} {}

    // Each returns how many posts it touched. Posts that are named are touched all or none: `conflict` for one of
    // which it cannot be said.
    [[nodiscard]] Result<std::int64_t> retry(const Selection& selection, Now now);
    [[nodiscard]] Result<std::int64_t> cancel(const Selection& selection, const std::string& reason, Now now);
    // A cart's posts wait until `until` (or for ever); single posts likewise.
    [[nodiscard]] Result<std::int64_t> pause(const Selection& selection, std::optional<WallTime> until, Now now);
    [[nodiscard]] Result<std::int64_t> resume(const Selection& selection, Now now);
    // A person says whether an uncertain post was applied. Not applied: it is sent again.
    [[nodiscard]] Result<std::int64_t> resolve(PostId post, Proposal what, const std::string& reason, Now now);
    // Every parked post of the cart ends as its proposal says.
    [[nodiscard]] Result<std::int64_t> accept_proposals(const std::string& cart, const std::string& reason, Now now);

private:
    template <class Fits, class Use>
    [[nodiscard]] Result<std::int64_t> for_each(const Selection& selection, Fits fits, Use use);
    [[nodiscard]] Result<void> check_not_out(const Selection& selection) const;
    void send_anew(CartState& cart, Post& post, Now now);
    void decide(CartState& cart, Post& post, Proposal what, const std::string& reason, Now now);
    void clear_decision(const CartState& cart, const Post& post);
    void note(const CartState& cart, const Post& post, const std::string& what, const std::string& reason, Now now);

    store::Store& store_;
    CartBoard& board_;
    PostQueue& queue_;
    StackController& stack_;
    CartStanding& standing_;
    sync::SecondLooks& looks_;
    const Exchanges& exchanges_;
    Journal& journal_;
};

}  // namespace stocktray::stack
