// The little HTML that scripts let slip into their answers: character references.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

// The character that HTML 4 calls `name` (without & and ;).
[[nodiscard]] std::optional<char32_t> html_entity(std::string_view name) noexcept;

// `&`, `<` and `>` written so that XML and HTML read them as themselves.
[[nodiscard]] std::string escape_markup(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

// References by name and by number become characters; what is none stays as it is.
[[nodiscard]] std::string html_unescape(std::string_view text);

}  // namespace stocktray::cart::seti
