#include "core/sync/orders_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/inventory/order_number.h"

namespace stocktray::sync {
namespace {

constexpr Milliseconds patience{std::int64_t{30} * 24 * 3'600'000};
constexpr std::int64_t named = 3;

}  // namespace

void watch_top_order(Journal& journal, const stack::CartState& cart, const std::string& top_order, AgentTime asked, Now now) {
    // Asked before the import, the answer may not know the orders that it brought.
    if (asked <= cart.last_order_since) return;
    const auto top = inventory::order_number(top_order);
    const auto imported = inventory::order_number(cart.cart.last_order);
    if (!top || !imported) return;
    if (*top >= *imported) return journal.clear("orders_gone", cart.id(), "");
    journal.raise({.kind = "orders_gone",
                   .severity = store::Severity::warning,
                   .cart = cart.id(),
                   .since = now.wall,
                   .message = fmt::format("The highest web order of {} is {}, but web orders up to {} were imported.", cart.config().name,
                                          *top, *imported),
                   .hint = "Was its database restored from a backup? Then its next orders get numbers that the Order Manager takes for "
                           "imported: let the store number them from there on, and compare the counts. If its newest orders "
                           "were only deleted, this goes with the next order.",
                   .action = "open_cart"});
}

void tell_waiting_orders(const store::Store& store, const stack::CartBoard& board, Journal& journal, Now now) {
    for (const auto& cart : board.all()) {
        const auto [number, lines] = store.orders.waiting_since(cart->cart.key, now.wall - patience, named);
        if (number == 0) {
            journal.clear("orders_waiting", cart->id(), "");
            continue;
        }
        std::vector<std::string> words;
        for (const auto& line : lines) words.push_back(fmt::format("{}: {}", line.order, line.sku));
        const auto more = number - std::ssize(lines);
        journal.raise({.kind = "orders_waiting",
                       .severity = store::Severity::warning,
                       .cart = cart->id(),
                       .since = now.wall,
                       .message = fmt::format("Web orders of {} have waited for more than 30 days to be taken from QOH: {}{}.",
                                              cart->config().name, fmt::join(words, ", "), more > 0 ? fmt::format(", and {} more", more) : ""),
                       .hint = "Finish or cancel these orders in the Order Manager. Until it tells that, their pieces are left out of the store's "
                               "count.",
                       .action = "open_cart",
                       .count = number});
    }
}

}  // namespace stocktray::sync
