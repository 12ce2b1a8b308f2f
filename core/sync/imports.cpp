#include "core/sync/imports.h"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <vector>

#include "core/inventory/order_number.h"

namespace stocktray::sync {
namespace {

constexpr Milliseconds lines_kept{std::int64_t{30} * 24 * 3'600'000};

}  // namespace

Result<ImportReceipt> Imports::imported(const Import& import, Now now) {
    auto* cart = board_.find(import.cart);
    if (cart == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", import.cart));
    // Whoever tells lines by SKU names an order several times.
    std::map<std::string_view, std::vector<store::OrderLine>> orders;
    if (import.orders)
        for (const auto& order : *import.orders) {
            auto& lines = orders[order.order];
            lines.insert(lines.end(), order.lines.begin(), order.lines.end());
        }
    for (auto& [order, lines] : orders) {
        for (auto& line : lines) line.reported_at = now.wall;
        store_.orders.replace(cart->cart.key, order, lines);
    }
    const bool tells_orders = import.orders && !import.orders->empty();
    const bool is_further = cart->cart.last_order != import.last_order;
    const bool was_complete = cart->cart.import_complete.value_or(false);
    const auto news = tells_orders || is_further || !was_complete ? News::yes : News::no;
    if (news == News::yes) ++cart->cart.import_news;
    if (is_further) cart->last_order_since = now.steady;
    cart->cart.last_order = import.last_order;
    cart->cart.imported_at = import.at;
    ++cart->cart.imports;
    ImportReceipt receipt;
    judge(*cart, import.orders.has_value(), news, receipt.missing, now);
    receipt.is_complete = cart->cart.import_complete.value_or(false);
    if (news == News::yes)
        journal_.record({.at = now.wall,
                     .kind = "order_import",
                     .cart = cart->id(),
                     .text = fmt::format("The web orders of {} are imported up to {}{}.", cart->config().name,
                                         import.last_order.empty() ? "the last" : import.last_order,
                                         receipt.is_complete ? "" : "; the import is not complete")});
    return receipt;
}

void Imports::look_again(Now now) {
    for (const auto& cart : board_.all()) {
        if (cart->cart.import_complete.value_or(true) || cart->cart.imports == 0) continue;
        std::vector<store::IncompleteLine> missing;
        ++cart->cart.import_news;
        judge(*cart, true, News::yes, missing, now);
    }
}

// A shop places orders concurrently: one with a lower number may still be on its way for a while.
void Imports::raise_floor(store::Cart& cart, Now now) {
    constexpr Milliseconds old_enough{std::int64_t{48} * 3'600'000};
    if (cart.next_floor_since && now.steady - *cart.next_floor_since >= old_enough) {
        cart.order_floor = cart.next_floor;
        cart.next_floor_since.reset();
    }
    if (!cart.next_floor_since && inventory::order_number(cart.last_order)) {
        cart.next_floor = cart.last_order;
        cart.next_floor_since = now.steady;
    }
}

void Imports::judge(stack::CartState& cart, bool has_lines, News news, std::vector<store::IncompleteLine>& missing,
                    Now now) {
    missing = store_.orders.incomplete(cart.cart.key);
    // Without lines nobody can tell whether the changes are all there: proposals, no verdicts.
    if (!has_lines) cart.cart.import_complete.reset();
    else cart.cart.import_complete = missing.empty();
    const bool is_complete = cart.cart.import_complete.value_or(false);
    if (is_complete) raise_floor(cart.cart, now);
    board_.save(cart);
    if (is_complete) {
        if (news == News::yes) store_.orders.forget_taken(cart.cart.key, now.wall - lines_kept);
        journal_.clear("import_incomplete", cart.id(), "");
        completed_(cart, news, now);
        return;
    }
    if (!has_lines) {
        journal_.clear("import_incomplete", cart.id(), "");
        return;
    }
    journal_.raise({.kind = "import_incomplete",
                    .severity = store::Severity::warning,
                    .cart = cart.id(),
                    .since = now.wall,
                    .message = fmt::format("The import of web orders from {} is incomplete: {} of order {} was not "
                                           "taken from QOH{}.",
                                           cart.config().name, missing.front().sku, missing.front().order,
                                           missing.size() > 1 ? fmt::format(", and {} more", missing.size() - 1) : ""),
                    .hint = "Look at the order in the Order Manager; its change of QOH has not arrived here.",
                    .action = "open_cart",
                    .count = static_cast<std::int64_t>(missing.size())});
}

}  // namespace stocktray::sync
