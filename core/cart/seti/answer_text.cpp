#include "core/cart/seti/answer_text.h"

#include <algorithm>
#include <array>

#include "core/cart/seti/ascii.h"
#include "core/charset.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

struct Spelling {
    std::string_view text;
    Marker marker;
};
constexpr std::array spellings{
    Spelling{"SETIResponse", Marker::response},
    Spelling{"SETIError", Marker::error},
    Spelling{"SETIProducts", Marker::products},
    Spelling{"<?xml", Marker::xml},
    Spelling{"<SETI", Marker::xml},
};

std::optional<Marker> marker_at(std::string_view text) noexcept {
    for (const Spelling& s : spellings)
        if (starts_ignoring_case(text, s.text)) return s.marker;
    return std::nullopt;
}

bool begins_something(std::string_view text, std::size_t at) noexcept {
    if (at == 0) return true;
    const char before = text[at - 1];
    // Include files saved with a byte order mark print it wherever they are included.
    return before == '\n' || before == '\r' || before == '>' || text.substr(0, at).ends_with(bom);
}

std::string_view value_after(std::string_view text, std::string_view name) noexcept {
    const auto at = find_ignoring_case(text, name);
    if (at == std::string_view::npos) return {};
    std::string_view rest = trim(text.substr(at + name.size()));
    if (!rest.starts_with('=')) return {};
    rest = trim(rest.substr(1));
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        const auto end = rest.find(rest.front(), 1);
        return end == std::string_view::npos ? std::string_view{} : rest.substr(1, end - 1);
    }
    return rest.substr(0, rest.find_first_of("; \t"));
}

bool is_ascii(std::string_view bytes) noexcept {
    return std::ranges::none_of(bytes, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

}  // namespace

std::optional<FoundMarker> find_marker(std::string_view text, std::size_t from) noexcept {
    for (std::size_t at = from; (at = text.find_first_of("sS<", at)) != std::string_view::npos; ++at) {
        if (!begins_something(text, at)) continue;
        if (const auto marker = marker_at(text.substr(at))) return FoundMarker{*marker, at};
    }
    return std::nullopt;
}

bool opens_html(std::string_view text) noexcept {
    return find_ignoring_case(text, "<html") != std::string_view::npos ||
           find_ignoring_case(text, "<!doctype") != std::string_view::npos;
}

bool holds_second_answer(std::string_view text) noexcept {
    for (std::size_t from = 0;;) {
        const auto found = find_marker(text, from);
        if (!found) return false;
        if (found->marker != Marker::xml) return true;
        from = found->at + 1;
    }
}

std::string_view xml_charset(std::string_view text) noexcept {
    const auto at = find_ignoring_case(text, "<?xml");
    if (at == std::string_view::npos || at > preamble_limit) return {};
    const std::string_view declaration = text.substr(at, text.substr(at).find("?>"));
    return value_after(declaration, "encoding");
}

std::string_view header_charset(std::string_view content_type) noexcept {
    return value_after(content_type, "charset");
}

std::optional<Decoded> decode(std::string_view bytes, std::string_view content_type) {
    std::vector<std::string_view> declared;
    if (bytes.starts_with("\xFF\xFE")) {
        declared.push_back("utf-16le");
    } else if (bytes.starts_with("\xFE\xFF")) {
        declared.push_back("utf-16be");
    } else if (bytes.starts_with(bom)) {
        declared.push_back("utf-8");
    } else if (is_ascii(bytes)) {
        // Any declaration that these bytes could be under gives the same text.
    } else {
        for (const std::string_view name : {xml_charset(bytes), header_charset(content_type)})
            if (!name.empty()) declared.push_back(name);
    }
    std::optional<Decoded> decoded;
    std::size_t tried = 0;
    for (; tried < declared.size() && !decoded; ++tried)
        if (auto text = charset::to_utf8(bytes, declared[tried]))
            decoded = Decoded{*std::move(text), tried > 0};
    if (!decoded && charset::is_utf8(bytes)) decoded = Decoded{std::string{bytes}, !declared.empty()};
    if (!decoded)
        if (auto text = charset::to_utf8(bytes, "windows-1252")) decoded = Decoded{*std::move(text), true};
    if (decoded && decoded->text.find('\0') != std::string::npos) return std::nullopt;
    return decoded;
}

tl::expected<AnswerText, Cause> find_answer(std::string_view body, std::string_view content_type) {
    auto decoded = decode(body, content_type);
    if (!decoded) return tl::unexpected{Cause::malformed};
    std::string_view text = decoded->text;
    for (;;) {
        if (text.starts_with(bom)) {
            text.remove_prefix(bom.size());
        } else if (!text.empty() && is_space(text.front())) {
            text.remove_prefix(1);
        } else {
            break;
        }
    }
    if (text.empty()) return tl::unexpected{Cause::no_answer};
    const auto found = find_marker(text);
    if (!found || found->at > preamble_limit) return tl::unexpected{Cause::not_a_script};
    const std::string_view before = text.substr(0, found->at);
    if (opens_html(before)) return tl::unexpected{Cause::not_a_script};
    const std::string_view answer = text.substr(found->at);
    if (found->marker != Marker::xml && holds_second_answer(answer.substr(1)))
        return tl::unexpected{Cause::malformed};

    AnswerText result{found->marker, std::string{answer}, std::string{before}, {}};
    if (!before.empty()) result.warnings.push_back(Warning::preamble);
    if (decoded->is_fallback) result.warnings.push_back(Warning::charset_fallback);
    return result;
}

}  // namespace stocktray::cart::seti
