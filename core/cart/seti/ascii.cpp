#include "core/cart/seti/ascii.h"

#include <algorithm>
#include <charconv>

namespace stocktray::cart::seti {
namespace {

constexpr auto same_letter = [](char a, char b) { return to_lower(a) == to_lower(b); };

}  // namespace

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, same_letter);
}

bool starts_ignoring_case(std::string_view text, std::string_view start) noexcept {
    return text.size() >= start.size() && equals_ignoring_case(text.substr(0, start.size()), start);
}

std::size_t find_ignoring_case(std::string_view text, std::string_view part, std::size_t from) noexcept {
    if (from > text.size()) return std::string_view::npos;
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), part.begin(),
                                   part.end(), same_letter);
    if (found == text.end() && !part.empty()) return std::string_view::npos;
    return static_cast<std::size_t>(found - text.begin());
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

Line take_line(std::string_view& rest) noexcept {
    const auto end = rest.find_first_of("\r\n");
    if (end == std::string_view::npos) {
        const Line last{rest, false};
        rest = {};
        return last;
    }
    const Line line{rest.substr(0, end), true};
    rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    return line;
}

std::optional<std::int64_t> read_integer(std::string_view text) noexcept {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::int64_t> read_count(std::string_view text) noexcept {
    text = trim(text);
    if (const auto point = text.find('.'); point != std::string_view::npos) {
        const std::string_view fraction = text.substr(point + 1);
        if (fraction.empty() || fraction.find_first_not_of('0') != std::string_view::npos)
            return std::nullopt;
        text = text.substr(0, point);
    }
    return read_integer(text);
}

}  // namespace stocktray::cart::seti
