#include "core/cart/seti/update_line.h"

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/html.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t longest_escape = 10;  // "&thetasym;"

// Takes `sku`, as sent or HTML-escaped, off the front of `fields`; what follows is empty or begins with `;`.
bool take_sku(std::string_view& fields, std::string_view sku) {
    if (fields.starts_with(sku) && (fields.size() == sku.size() || fields[sku.size()] == ';')) {
        fields.remove_prefix(sku.size());
        return true;
    }
    // An escaped sign ends with `;`, too: every `;` may be the end of the SKU.
    for (std::size_t end = fields.find(';');; end = fields.find(';', end + 1)) {
        const std::string_view said = fields.substr(0, end);
        if (html_unescape(said) == sku) {
            fields.remove_prefix(said.size());
            return true;
        }
        if (end == std::string_view::npos || end > longest_escape * sku.size()) return false;
    }
}

}  // namespace

std::optional<UpdateLine> read_update_fields(std::string_view line, std::string_view sku) {
    UpdateLine read;
    std::string_view rest = line;
    const auto take_until_semicolon = [&rest] {
        const std::string_view field = rest.substr(0, rest.find(';'));
        rest.remove_prefix(field.size());
        return field;
    };
    read.word = trim(take_until_semicolon());
    bool has_sku = false;
    while (!rest.empty()) {
        rest.remove_prefix(1);  // the `;`
        const auto equals = rest.find('=');
        if (equals == std::string_view::npos || rest.substr(0, equals).find(';') != std::string_view::npos) {
            // Nothing between two separators is fine, text that is no field is not.
            if (!trim(take_until_semicolon()).empty()) return std::nullopt;
            continue;
        }
        const std::string_view key = trim(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        const auto is_key = [key](std::string_view name) { return equals_ignoring_case(key, name); };
        const auto fill = [](std::optional<std::string_view>& field, std::string_view value) {
            if (field) return false;  // said twice: which one is true?
            field = trim(value);
            return true;
        };
        if (is_key("NOTE")) {
            if (!fill(read.note, rest)) return std::nullopt;
            rest = {};
        } else if (is_key("SKU")) {
            if (has_sku || !take_sku(rest, sku)) return std::nullopt;
            has_sku = true;
        } else if (is_key("QOH")) {
            if (!fill(read.qoh, take_until_semicolon())) return std::nullopt;
        } else if (is_key("POSTID")) {
            if (!fill(read.postid, take_until_semicolon())) return std::nullopt;
        } else if (is_key("SEQ")) {
            if (!fill(read.seq, take_until_semicolon())) return std::nullopt;
        } else {
            take_until_semicolon();
        }
    }
    return read;
}

std::optional<UpdateLine> read_update_line(std::string_view text, std::string_view sku) {
    constexpr std::string_view marker = "SETIResponse";
    if (!starts_ignoring_case(text, marker)) return std::nullopt;
    const Line line = take_line(text);
    std::string_view rest = line.text.substr(marker.size());
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    if (!rest.starts_with('=')) return std::nullopt;
    auto read = read_update_fields(rest.substr(1), sku);
    if (!read) return std::nullopt;
    read->is_terminated = line.has_end;
    read->behind = text;
    return read;
}

}  // namespace stocktray::cart::seti
