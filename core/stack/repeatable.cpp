#include "core/stack/repeatable.h"

#include "core/stack/diagnosis.h"

namespace stocktray::stack {
namespace {
// A key is trusted a day less than the store promises to keep it: clocks and restores are not exact.
constexpr Milliseconds key_margin{24 * 3'600'000};
}  // namespace

bool is_repeatable(const CartState& cart, const Post& post, AgentTime now) noexcept {
    if (!post.key || !cart.has_keys() || cart.cart.learned.extension->store != post.key->store) return false;
    if (post.error_code == to_string(cart::Cause::postid_conflict)) return false;
    return post.first_sent && now - *post.first_sent < cart.cart.learned.extension->keep - key_margin;
}

}  // namespace stocktray::stack
