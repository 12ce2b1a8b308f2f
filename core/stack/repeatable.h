// Which doubts the store's own memory of keys can end.
#pragma once
#include "core/stack/cart_board.h"
#include "core/stack/post.h"

namespace stocktray::stack {

// Can the post be sent again under its key? The store must be the one that the key was drawn for, remember
// keys long enough, and not have said that it knows the key for something else.
[[nodiscard]] bool is_repeatable(const CartState& cart, const Post& post, AgentTime now) noexcept;

}  // namespace stocktray::stack
