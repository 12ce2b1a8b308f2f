#include "core/cart/seti/redact.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/form.h"
#include "core/cart/seti/html.h"
#include "core/charset.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::string_view hidden = "(secret)";
constexpr std::size_t telling_beginning = 4;  // a shorter beginning of a password is just some letters

std::string replace_all(std::string_view text, std::string_view what, std::string_view with) {
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = 0; (at = find_ignoring_case(text, what, from)) != std::string_view::npos;) {
        out += text.substr(from, at - from);
        out += with;
        from = at + what.size();
    }
    return out += text.substr(from);
}

// Scripts differ in how they write the two kinds of quotation marks.
std::string html_escape(std::string_view text, std::string_view apostrophe, std::string_view quote) {
    return replace_all(replace_all(escape_markup(text), "'", apostrophe), "\"", quote);
}

// A multi-byte character is never cut in two.
std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    return text.substr(0, limit);
}

// Fit to be shown anywhere: UTF-8, whatever the store's charset is, and no control characters but line ends and tabs.
std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t at = 0, size = 1; at < text.size(); at += size) {
        for (size = 1; size <= 4 && !charset::is_utf8(text.substr(at, size)); ++size) continue;
        const auto byte = static_cast<unsigned char>(text[at]);
        if (size > 4) {  // most likely of a shop's Latin-1, whose upper half is that of Unicode
            size = 1;
            if (byte < 0xA0) out += '?';
            else out.append({static_cast<char>(0xC0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3F))});
        } else if (const bool is_control = byte < 0x20 || byte == 0x7F || (size == 2 && byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0);
                   is_control && byte != '\n' && byte != '\t') {
            out += ' ';
        } else {
            out += text.substr(at, size);
        }
    }
    return out;
}

// As PHP writes it: ASCII alone.
std::string json_escape(std::string_view text) {
    const auto quoted = nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

// In one charset: as it is, and encoded.
std::vector<std::string> forms_of(std::string_view password) {
    const std::string percent = percent_encode(password);
    const std::string rfc3986 = replace_all(replace_all(percent, "*", "%2A"), "%7E", "~");
    return {std::string{password},
            percent,
            rfc3986,
            replace_all(percent, "%20", "+"),
            html_escape(password, "&#039;", "&quot;"),
            html_escape(password, "&#39;", "&#34;"),
            html_escape(password, "&apos;", "&quot;"),
            html_escape(password, "'", "&quot;"),
            html_escape(password, "'", "\""),
            replace_all(replace_all(replace_all(password, "\\", "\\\\"), "'", "\\'"), "\"", "\\\""),  // in a statement of SQL
            replace_all(json_escape(password), "/", "\\/")};
}

// In all charsets that a shop may get it in; the longest first.
std::vector<std::string> all_forms_of(std::string_view password) {
    std::vector<std::string> forms = forms_of(password);
    if (const auto written = charset::from_utf8(password, "windows-1252")) std::ranges::copy(forms_of(*written), std::back_inserter(forms));
    std::ranges::sort(forms);
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    std::ranges::stable_sort(forms, std::greater{}, &std::string::size);
    return forms;
}

}  // namespace

std::string Redactor::hide(std::string_view text) const {
    std::string out{text};
    if (text.empty() || password_.empty()) return out;
    // Made here: most exchanges with a store have nothing to hide.
    const auto secrets = all_forms_of(password_);
    for (const std::string& secret : secrets) out = replace_all(out, secret, hidden);
    for (const std::string& secret : secrets)
        for (std::size_t n = std::min(secret.size() - 1, out.size()); n >= telling_beginning; --n) {
            const auto tail = std::string_view{out}.substr(out.size() - n);
            if (!starts_ignoring_case(secret, tail)) continue;
            out.replace(out.size() - n, n, hidden);
            break;
        }
    return out;
}

std::string Redactor::keep(std::string_view text) const {
    // Whole texts are searched before they are cut, or a secret would stay on the edge.
    return std::string{cut(plain(cut(hide(trim(text)), kept_text_limit)), kept_text_limit)};
}

}  // namespace stocktray::cart::seti
