// From the bytes that a web server sent to the script's answer among them: charset, noise before it, and
// whether there is exactly one. A shop's page that quotes an answer is none.
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

constexpr std::size_t preamble_limit = 64 * 1024;

// What an answer begins with.
enum class Marker { response, error, products, xml };

struct FoundMarker {
    Marker marker{Marker::response};
    std::size_t at{0};
};

// The first marker in `text` at or after `from`: at the start of a line or right behind a tag, in any case.
[[nodiscard]] std::optional<FoundMarker> find_marker(std::string_view text, std::size_t from = 0) noexcept;
// Does `text`, which stands before a marker, open an HTML document?
[[nodiscard]] bool opens_html(std::string_view text) noexcept;
// Is there a marker of the text kind in `text`, which stands behind one?
[[nodiscard]] bool holds_second_answer(std::string_view text) noexcept;

struct Decoded {
    std::string text;         // UTF-8
    bool is_fallback{false};  // not in the charset that was declared
};

// By the first of these in which the bytes are valid: byte order mark, XML declaration, `content_type`,
// UTF-8, windows-1252. None: they are valid in none, or hold a zero byte.
[[nodiscard]] std::optional<Decoded> decode(std::string_view bytes, std::string_view content_type);

// The charset named in `<?xml … encoding="x"?>` at the marker, or in a Content-Type header; empty if none.
[[nodiscard]] std::string_view xml_charset(std::string_view text) noexcept;
[[nodiscard]] std::string_view header_charset(std::string_view content_type) noexcept;

struct AnswerText {
    Marker marker{Marker::response};
    std::string text;      // from the marker on
    std::string preamble;  // what stood before it
    std::vector<Warning> warnings;
};

// Why a body holds no answer: `no_answer`, `not_a_script` or `malformed`.
[[nodiscard]] tl::expected<AnswerText, Cause> find_answer(std::string_view body,
                                                          std::string_view content_type);

}  // namespace stocktray::cart::seti
