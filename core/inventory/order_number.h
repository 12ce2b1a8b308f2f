// The number of a web order, where it is one: shops may as well call their orders by names.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stocktray::inventory {

// Digits and nothing else; of up to 18 of them nothing is lost.
[[nodiscard]] inline std::optional<std::int64_t> order_number(std::string_view text) noexcept {
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace stocktray::inventory
