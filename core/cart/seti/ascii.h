// Letters and blanks as the protocol knows them: ASCII, whatever the machine's language is.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
[[nodiscard]] constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool starts_ignoring_case(std::string_view text, std::string_view start) noexcept;
// Position of `part` at or after `from`, or npos.
[[nodiscard]] std::size_t find_ignoring_case(std::string_view text, std::string_view part,
                                             std::size_t from = 0) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// Cuts the first line off `rest`, without its end (LF, CRLF or CR); `has_end` says whether it had one.
struct Line {
    std::string_view text;
    bool has_end{false};
};
[[nodiscard]] Line take_line(std::string_view& rest) noexcept;

// Digits with at most one sign in front; none if there is anything else or it does not fit.
[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text) noexcept;

// A count as scripts print it: an integer, with a fraction only if that is zero ("48.0000").
[[nodiscard]] std::optional<std::int64_t> read_count(std::string_view text) noexcept;

}  // namespace stocktray::cart::seti
