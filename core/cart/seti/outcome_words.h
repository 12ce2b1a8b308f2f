// How scripts say, in one word or a note, what became of a change.
#pragma once
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

// Both leave `sku` out of the note before they look at it: a SKU may be called anything.
[[nodiscard]] bool says_not_found(std::string_view note, std::string_view sku);
[[nodiscard]] bool says_not_tracked(std::string_view note, std::string_view sku);

// `clamped,-2`: the difference that was really applied.
[[nodiscard]] std::optional<std::int64_t> read_clamped(std::string_view note) noexcept;

}  // namespace stocktray::cart::seti
