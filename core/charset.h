// Text in other charsets than our own, which is UTF-8 everywhere.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::charset {

// No overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

// Is `name` one of the charsets that a store may declare? A fixed list, any case: the name comes from a
// stranger, and the C library's rarer converters are no place for his bytes.
[[nodiscard]] bool is_known(std::string_view name) noexcept;

// None if `name` is not known or the bytes are not valid in it. Nothing is ever replaced by a stand-in.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view bytes, std::string_view name);
[[nodiscard]] std::optional<std::string> from_utf8(std::string_view text, std::string_view name);

}  // namespace stocktray::charset
