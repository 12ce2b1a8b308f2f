#include "core/store/orders.h"

#include "core/store/database.h"

namespace stocktray::store {

void Orders::replace(stack::CartKey cart, std::string_view order, const std::vector<OrderLine>& lines) {
    database_.run("DELETE FROM order_lines WHERE cart = ? AND order_no = ?", cart, order);
    for (const auto& line : lines)
        database_.run(
            "INSERT INTO order_lines (cart, order_no, sku, listing, qty, taken, reported_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET qty = qty + excluded.qty, taken = taken + excluded.taken",
            cart, order, line.sku, line.listing, line.qty, line.taken, to_ms(line.reported_at));
}

void Orders::take(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing,
                  std::int64_t pieces) {
    if (pieces < 0) reopen(cart, order, sku, listing);
    database_.run(
        "INSERT INTO order_takings (cart, order_no, sku, listing, pieces) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET pieces = pieces + excluded.pieces",
        cart, order, sku, listing, pieces);
}

// Pieces are given back for a line that was forgotten: it holds what was taken for it.
void Orders::reopen(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing) {
    database_.run("INSERT INTO order_lines (cart, order_no, sku, listing, qty, taken, reported_at)"
                  " SELECT cart, order_no, sku, listing, pieces, 0, 0 FROM order_takings t"
                  " WHERE cart = ?1 AND order_no = ?2 AND sku = ?3 AND listing = ?4 AND pieces > 0 AND NOT EXISTS"
                  " (SELECT 1 FROM order_lines l WHERE l.cart = ?1 AND l.order_no = ?2 AND l.sku = ?3)",
                  cart, order, sku, listing);
}

std::vector<IncompleteLine> Orders::incomplete(stack::CartKey cart) const {
    std::vector<IncompleteLine> lines;
    Query q = database_.query(
        "SELECT l.order_no, l.sku, sum(l.taken) AS said, (SELECT coalesce(sum(t.pieces), 0) FROM order_takings t"
        "  WHERE t.cart = l.cart AND t.sku = l.sku AND t.order_no = l.order_no) AS took"
        " FROM order_lines l LEFT JOIN items i ON i.sku = l.sku"
        " WHERE l.cart = ? AND coalesce(i.tracked, 1) = 1"
        " GROUP BY l.order_no, l.sku HAVING took < said ORDER BY l.order_no, l.sku",
        cart);
    while (q.next()) lines.push_back({q.text(0), q.text(1)});
    return lines;
}

// Those of one order and SKU together: a taking may leave open which of the listings it is for.
#define TAKEN_OF_LINES                                                                                               \
    "(SELECT coalesce(sum(t.pieces), 0) FROM order_takings t WHERE t.cart = l.cart AND t.sku = l.sku"                \
    " AND t.order_no = l.order_no)"

void Orders::forget_taken(stack::CartKey cart, WallTime limit) {
    database_.run("DELETE FROM order_lines WHERE cart = ?1 AND order_no IN (SELECT l.order_no FROM order_lines l"
                  " WHERE l.cart = ?1 GROUP BY l.order_no HAVING max(l.reported_at) < ?2)"
                  " AND qty <= (SELECT coalesce(sum(t.pieces), 0) FROM order_takings t WHERE t.cart = order_lines.cart"
                  "  AND t.sku = order_lines.sku AND t.order_no = order_lines.order_no"
                  "  AND t.listing IN ('', order_lines.listing))"
                  " AND (SELECT count(*) FROM order_lines o WHERE o.cart = order_lines.cart"
                  "  AND o.order_no = order_lines.order_no AND o.sku = order_lines.sku) = 1",
                  cart, to_ms(limit));
}

std::int64_t Orders::not_taken(stack::CartKey cart) const {
    Query q = database_.query("SELECT coalesce(sum(open), 0) FROM (SELECT max(0, sum(l.qty) - " TAKEN_OF_LINES ") AS open"
                              " FROM order_lines l WHERE l.cart = ? GROUP BY l.order_no, l.sku)",
                              cart);
    return q.next() ? q.integer(0) : 0;
}

std::vector<std::string> Orders::open_orders(stack::CartKey cart, std::string_view sku) const {
    std::vector<std::string> orders;
    Query q = database_.query(
        "SELECT l.order_no, sum(l.qty) AS held, (SELECT coalesce(sum(t.pieces), 0) FROM order_takings t"
        "  WHERE t.cart = l.cart AND t.sku = l.sku AND t.order_no = l.order_no) AS took"
        " FROM order_lines l WHERE l.cart = ? AND l.sku = ? GROUP BY l.order_no HAVING held > took ORDER BY l.order_no",
        cart, sku);
    while (q.next()) orders.push_back(q.text(0));
    return orders;
}

std::vector<OrderLine> Orders::lines_of(stack::CartKey cart, std::string_view sku) const {
    std::vector<OrderLine> lines;
    Query q = database_.query(
        "SELECT order_no, sku, listing, qty, taken, reported_at FROM order_lines WHERE cart = ? AND sku = ?", cart, sku);
    while (q.next())
        lines.push_back({q.text(0), q.text(1), q.text(2), q.integer(3), q.integer(4), wall_from_ms(q.integer(5))});
    return lines;
}

std::vector<OrderTaking> Orders::takings_of(stack::CartKey cart, std::string_view sku) const {
    std::vector<OrderTaking> takings;
    Query q = database_.query("SELECT order_no, listing, pieces FROM order_takings WHERE cart = ? AND sku = ?", cart,
                              sku);
    while (q.next()) takings.push_back({q.text(0), q.text(1), q.integer(2)});
    return takings;
}

}  // namespace stocktray::store
