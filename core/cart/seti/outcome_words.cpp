#include "core/cart/seti/outcome_words.h"

#include "core/cart/seti/ascii.h"

namespace stocktray::cart::seti {
namespace {

// The letters alone: "Not Found", "NotFound" and "not-found" are one word.
std::string letters(std::string_view note, std::string_view sku) {
    std::string rest{note};
    if (!sku.empty())
        if (const auto at = find_ignoring_case(rest, sku); at != std::string::npos)
            rest.replace(at, sku.size(), " ");
    std::string out;
    for (const char c : rest)
        if (is_alphanumeric(c)) out += to_lower(c);
    return out;
}

}  // namespace

bool says_not_found(std::string_view note, std::string_view sku) {
    const std::string said = letters(note, sku);
    return said == "nf" || said.find("notfound") != std::string::npos ||
           said.find("skumissing") != std::string::npos;
}

bool says_not_tracked(std::string_view note, std::string_view sku) {
    const std::string said = letters(note, sku);
    return said == "na" || said.find("nottrack") != std::string::npos ||
           said.find("notbeingtracked") != std::string::npos;
}

std::optional<std::int64_t> read_clamped(std::string_view note) noexcept {
    note = trim(note);
    constexpr std::string_view word = "clamped,";
    if (!starts_ignoring_case(note, word)) return std::nullopt;
    return read_integer(trim(note.substr(word.size())));
}

}  // namespace stocktray::cart::seti
