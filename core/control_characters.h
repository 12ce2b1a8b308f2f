// What no name of anything holds: line breaks, tabs and the other ASCII control characters.
#pragma once
#include <algorithm>
#include <string_view>

namespace stocktray {

[[nodiscard]] inline bool has_control_character(std::string_view text) noexcept {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace stocktray
