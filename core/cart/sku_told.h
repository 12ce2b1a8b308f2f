// What the answers of a list say of one SKU, and what the list as a whole says of it.
#pragma once
#include <cstdint>
#include <span>

#include "core/cart/cart_client.h"

namespace stocktray::cart {

// What one answer said of a SKU.
struct Told {
    ReadCount count;
    std::int32_t answer{0};  // its number in the list

    bool operator==(const Told&) const = default;
};

// `told`: all that was said of one SKU, in the order in which it came; at least once. A SKU that stands twice in one
// answer, with two counts in two, or in two answers that cannot overlap belongs to two products: `ambiguous`. Of an
// answer that broke off its repetition has the last word.
[[nodiscard]] ReadCount settle(std::span<const Told> told, const ListAnswers& answers);

}  // namespace stocktray::cart
