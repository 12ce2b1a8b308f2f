// A listing is one store SKU at one cart. What it should hold follows from the Order Manager's book.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/inventory/quantity.h"

namespace stocktray::inventory {

// Can the store hold a count below zero?
enum class BelowZero { possible, clamped };

// How a cart turns the book into its own count.
struct TargetRule {
    std::int64_t buffer{0};  // pieces held back from this cart, >= 0
    BelowZero below_zero{BelowZero::possible};
};

// The count that the listing should show when nothing is under way and no web order waits to be imported.
[[nodiscard]] constexpr Quantity target(Quantity book, TargetRule rule) noexcept {
    const std::int64_t pieces = book.pieces - rule.buffer;
    return {rule.below_zero == BelowZero::clamped ? std::max<std::int64_t>(0, pieces) : pieces};
}

// The difference to send when the book moves: target after - target before. On a clamping store this is what
// can be applied, so the differences add up and no debt has to be kept.
[[nodiscard]] constexpr Delta difference(Quantity before, Quantity after, TargetRule rule) noexcept {
    return target(after, rule) - target(before, rule);
}

// What a quiet read shows to be missing at the store (law 6 at rest: count = target - not imported).
[[nodiscard]] constexpr Delta gap(Quantity book, TargetRule rule, Delta not_imported, Quantity count) noexcept {
    return target(book - not_imported, rule) - count;
}

}  // namespace stocktray::inventory
