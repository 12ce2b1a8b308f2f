// Counts of pieces and differences between them.
#pragma once
#include <compare>
#include <cstdint>

namespace stocktray::inventory {

// What every store can hold; the protocol's limit for counts and differences (both signs).
inline constexpr std::int64_t largest_quantity = 2'000'000'000;

// A difference in pieces.
struct Delta {
    std::int64_t pieces{0};

    friend constexpr auto operator<=>(const Delta&, const Delta&) = default;
    friend constexpr Delta operator+(Delta a, Delta b) noexcept { return {a.pieces + b.pieces}; }
    friend constexpr Delta operator-(Delta a, Delta b) noexcept { return {a.pieces - b.pieces}; }
    friend constexpr Delta operator-(Delta a) noexcept { return {-a.pieces}; }
};

// How many pieces there are; may be negative (oversold).
struct Quantity {
    std::int64_t pieces{0};

    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
    friend constexpr Quantity operator+(Quantity a, Delta d) noexcept { return {a.pieces + d.pieces}; }
    friend constexpr Quantity operator-(Quantity a, Delta d) noexcept { return {a.pieces - d.pieces}; }
    friend constexpr Delta operator-(Quantity a, Quantity b) noexcept { return {a.pieces - b.pieces}; }
};

[[nodiscard]] constexpr bool is_in_range(Quantity q) noexcept {
    return q.pieces >= -largest_quantity && q.pieces <= largest_quantity;
}
[[nodiscard]] constexpr bool is_in_range(Delta d) noexcept {
    return d.pieces >= -largest_quantity && d.pieces <= largest_quantity;
}

}  // namespace stocktray::inventory
