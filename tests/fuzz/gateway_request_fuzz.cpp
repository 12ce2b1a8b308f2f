// What an Order Manager posts to the gateway, and what a store answers through it: forms, posted pieces, orders that
// pass by. Pieces written down again are the same pieces; orders do not depend on how their answer was cut.
#include <algorithm>
#include <string>

#include "agent/gateway/script/order_reader.h"
#include "agent/gateway/script/posted_pieces.h"
#include "core/cart/seti/form_fields.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray::gateway;
using stocktray::cart::seti::FormFields;
using stocktray::fuzz::must;

void check_pieces(std::string_view update, std::string_view charset) {
    const auto pieces = read_pieces(update, charset);
    if (!pieces) return must(!pieces.error().message.empty());
    std::string text;
    for (const auto& piece : *pieces) {
        must(!piece.sku.empty() && piece.sku.size() <= 255);
        if (piece.sku.find('|') != std::string::npos || text.starts_with('<')) return;  // only XML can say it
        text += piece.sku + "~" + std::to_string(piece.number) + "|";
    }
    if (text.starts_with('<')) return;
    const auto again = read_pieces(text, "utf-8");
    must(again && *again == *pieces);
}

OrderReader::Passed read_orders(std::string_view body, std::size_t piece) {
    OrderReader reader;
    for (std::size_t at = 0; at < body.size(); at += piece) reader.feed(body.substr(at, piece));
    return reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto body = stocktray::fuzz::text_of(bytes, size);
    if (const auto form = FormFields::parse(body)) {
        for (const auto* charset : {"utf-8", "windows-1252"}) check_pieces(form->get("update"), charset);
        must(form->has("update") || form->get("update").empty());
    }
    const auto whole = read_orders(body, std::max<std::size_t>(size, 1));
    const auto pieces = read_orders(body, 1 + size % 7);
    // What was read before its charset turned out wrong cannot be read again.
    if (size < 1'024 || !whole.is_good) must(whole.is_good == pieces.is_good);
    if (whole.is_good && pieces.is_good) must(whole.orders == pieces.orders && whole.odd == pieces.odd);
    for (const auto& order : whole.orders) must(!order.number.empty());
    return 0;
}
