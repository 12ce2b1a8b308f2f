#include "core/cart/seti/payload.h"

#include <algorithm>
#include <set>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/html.h"
#include "core/charset.h"
#include "core/control_characters.h"

namespace stocktray::cart::seti {
namespace {

Failure unsendable(std::string_view sku, const std::string& why) {
    return fail(ErrorCode::invalid, "The SKU \"" + std::string{sku} + "\" cannot be sent: " + why);
}

// What XML 1.0 can carry and a reader gives back unchanged.
bool is_xml_text(std::string_view text) {
    return !has_control_character(text) && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
           text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

std::string product(std::string_view sku, std::int64_t number) {
    return "<Product><SKU>" + escape_markup(sku) + "</SKU><QOH>" + std::to_string(number) +
           "</QOH></Product>";
}

}  // namespace

Result<std::string> writable_sku(std::string_view sku, Dialect dialect, Charset charset) {
    if (sku.empty()) return unsendable(sku, "it is empty.");
    if (!charset::is_utf8(sku)) return unsendable("?", "it is not valid UTF-8.");
    if (trim(sku) != sku) return unsendable(sku, "it begins or ends with a blank.");
    switch (dialect) {
        case Dialect::text:
            if (has_control_character(sku)) return unsendable(sku, "it holds a control character.");
            if (sku.find_first_of("~|") != std::string_view::npos)
                return unsendable(sku, "it holds ~ or |, which separate the parts of a message.");
            break;
        case Dialect::xml:
            if (!is_xml_text(sku)) return unsendable(sku, "it holds a control character.");
            break;
    }
    if (charset == Charset::utf_8) return std::string{sku};
    auto written = charset::from_utf8(sku, "windows-1252");
    if (!written)
        return unsendable(sku, "the store's character set, windows-1252, lacks one of its characters.");
    return *std::move(written);
}

Result<std::string> write_difference(const StockUpdate& update, Dialect dialect, Charset charset) {
    auto sku = writable_sku(update.sku, dialect, charset);
    if (!sku) return sku;
    if (dialect == Dialect::text) return *sku + "~" + std::to_string(update.delta);
    return "<SETIProducts>" + product(*sku, update.delta) + "</SETIProducts>";
}

Result<std::string> write_batch_piece(const StockUpdate& update) {
    auto piece = write_difference(update, Dialect::text, Charset::utf_8);
    if (!piece) return piece;
    return *piece + "~" + std::to_string(update.key->number) + "~" + update.key->postid;
}

Result<std::string> write_counts(std::span<const CountToSet> counts, Dialect dialect, Charset charset) {
    std::string out;
    std::set<std::string_view> seen;
    for (const CountToSet& count : counts) {
        if (!seen.insert(count.sku).second) return unsendable(count.sku, "it stands twice in one request.");
        const auto sku = writable_sku(count.sku, dialect, charset);
        if (!sku) return sku;
        if (dialect == Dialect::xml) {
            out += product(*sku, count.qoh);
        } else {
            if (!out.empty()) out += '|';
            out += *sku + "~" + std::to_string(count.qoh);
        }
    }
    return dialect == Dialect::xml ? "<SETIProducts>" + out + "</SETIProducts>" : out;
}

}  // namespace stocktray::cart::seti
