#include "core/cart/seti/read_moves.h"

#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_item_lines.h"

namespace stocktray::cart::seti {
namespace {

// A reading is used whole or not at all.
tl::expected<std::vector<std::string>, Problem> whole_lines(const http::Reply& reply,
                                                            const std::vector<std::string>& skus) {
    const auto answer = read_script_answer(reply);
    if (!answer) return tl::unexpected{answer.error()};
    const auto bad = [&](Cause cause) { return tl::unexpected{Problem{cause, false, true, answer->text}}; };
    auto lines = read_item_lines(answer->text, skus);
    if (!lines) return bad(Cause::malformed);
    if (!lines->has_end) return bad(Cause::truncated);
    std::vector<std::string> values;
    for (std::size_t i = 0; i < skus.size(); ++i) {
        if (lines->is_repeated[i]) return bad(Cause::malformed);
        if (!lines->values[i]) return bad(Cause::no_answer);
        values.push_back(*std::move(lines->values[i]));
    }
    return values;
}

bool read_orders(std::string_view list, std::vector<HeldByOrder>& orders) {
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(one.size() == list.size() ? one.size() : one.size() + 1);
        const auto colon = one.rfind(':');
        if (colon == std::string_view::npos || colon == 0) return false;
        const auto pieces = read_count(one.substr(colon + 1));
        if (!pieces) return false;
        orders.push_back({std::string{one.substr(0, colon)}, *pieces});
    }
    return true;
}

// `48;ORDERS=100001:2;OPEN=1;BACK=0;TOP=100007`. False: a part is missing or unreadable.
bool read_sales(std::string_view value, SkuMoves& item, std::string& top_order) {
    item.count = read_count_word(std::move(item.count.sku), value.substr(0, value.find(';')));
    if (item.count.word != CountWord::count) return item.count.word != CountWord::error;
    bool has_orders = false;
    std::optional<std::int64_t> open;
    std::optional<std::int64_t> back;
    std::optional<std::string_view> top;
    for (auto at = value.find(';'); at != std::string_view::npos;) {
        const auto end = value.find(';', at + 1);
        const std::string_view field =
            value.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
        at = end;
        const auto equals = field.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = trim(field.substr(0, equals));
        const std::string_view text = trim(field.substr(equals + 1));
        if (equals_ignoring_case(key, "ORDERS")) has_orders = read_orders(text, item.orders);
        if (equals_ignoring_case(key, "OPEN")) open = read_count(text);
        if (equals_ignoring_case(key, "BACK")) back = read_count(text);
        if (equals_ignoring_case(key, "TOP")) top = text;
    }
    if (!has_orders || !open || !back || !top) return false;
    item.open = *open;
    item.back = *back;
    top_order = *top;
    return true;
}

}  // namespace

ReadCount read_count_word(std::string sku, std::string_view value) {
    value = trim(value);
    if (const auto count = read_count(value)) return {std::move(sku), CountWord::count, *count};
    if (equals_ignoring_case(value, "NF")) return {std::move(sku), CountWord::not_found, 0};
    if (equals_ignoring_case(value, "NA")) return {std::move(sku), CountWord::not_tracked, 0};
    if (equals_ignoring_case(value, "AMBIGUOUS")) return {std::move(sku), CountWord::ambiguous, 0};
    return {std::move(sku), CountWord::error, 0};
}

tl::expected<std::vector<ReadCount>, Problem> read_qohquery(const http::Reply& reply,
                                                            const std::vector<std::string>& skus) {
    const auto values = whole_lines(reply, skus);
    if (!values) return tl::unexpected{values.error()};
    std::vector<ReadCount> items;
    for (std::size_t i = 0; i < skus.size(); ++i) items.push_back(read_count_word(skus[i], (*values)[i]));
    return items;
}

tl::expected<Moves, Problem> read_salesquery(const http::Reply& reply, const std::vector<std::string>& skus) {
    const auto values = whole_lines(reply, skus);
    if (!values) return tl::unexpected{values.error()};
    Moves moves;
    for (std::size_t i = 0; i < skus.size(); ++i) {
        SkuMoves item;
        item.count.sku = skus[i];
        if (!read_sales((*values)[i], item, moves.top_order))
            return tl::unexpected{Problem{Cause::malformed, false, true, skus[i] + "=" + (*values)[i]}};
        moves.items.push_back(std::move(item));
    }
    return moves;
}

}  // namespace stocktray::cart::seti
