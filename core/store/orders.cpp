#include "core/store/orders.h"

#include <set>

#include "core/store/database.h"

// By itself SQLite looks at all lines of the cart, because the table lies in the order of a key that begins with it: for
// each SKU of a catalogue anew.
#define BY_SKU "INDEXED BY order_lines_by_sku"

namespace stocktray::store {

void Orders::replace(stack::CartKey cart, std::string_view order, const std::vector<OrderLine>& lines) {
    database_.run("DELETE FROM order_lines WHERE cart = ? AND order_no = ?", cart, order);
    for (const auto& line : lines)
        database_.run(
            "INSERT INTO order_lines (cart, order_no, sku, listing, qty, taken, reported_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET qty = qty + excluded.qty, taken = taken + excluded.taken",
            cart, order, line.sku, line.listing, line.qty, line.taken, to_ms(line.reported_at));
    database_.run("DELETE FROM open_lines WHERE cart = ? AND order_no = ?", cart, order);
    std::set<std::string_view> skus;
    for (const auto& line : lines)
        if (skus.insert(line.sku).second) weigh(cart, order, line.sku);
}

void Orders::take(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing,
                  std::int64_t pieces, WallTime now) {
    if (pieces < 0) reopen(cart, order, sku, listing, now);
    database_.run(
        "INSERT INTO order_takings (cart, order_no, sku, listing, pieces) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET pieces = pieces + excluded.pieces",
        cart, order, sku, listing, pieces);
    weigh(cart, order, sku);
}

// Pieces are given back for a line that was forgotten: it holds what was taken for it.
void Orders::reopen(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing, WallTime now) {
    database_.run("INSERT INTO order_lines (cart, order_no, sku, listing, qty, taken, reported_at)"
                  " SELECT cart, order_no, sku, listing, pieces, 0, ?5 FROM order_takings t"
                  " WHERE cart = ?1 AND order_no = ?2 AND sku = ?3 AND listing = ?4 AND pieces > 0 AND NOT EXISTS"
                  " (SELECT 1 FROM order_lines l WHERE l.cart = ?1 AND l.order_no = ?2 AND l.sku = ?3)",
                  cart, order, sku, listing, to_ms(now));
}

void Orders::weigh(stack::CartKey cart, std::string_view order, std::string_view sku) {
    database_.run("DELETE FROM open_lines WHERE cart = ? AND order_no = ? AND sku = ?", cart, order, sku);
    database_.run("INSERT INTO open_lines (cart, order_no, sku, held, untold) SELECT cart, order_no, sku, held, untold FROM weighed_lines"
                  " WHERE cart = ? AND order_no = ? AND sku = ? AND (held > 0 OR untold > 0)",
                  cart, order, sku);
}

std::vector<IncompleteLine> Orders::incomplete(stack::CartKey cart) const {
    std::vector<IncompleteLine> lines;
    Query q = database_.query("SELECT o.order_no, o.sku FROM open_lines o LEFT JOIN items i ON i.sku = o.sku"
                              " WHERE o.cart = ? AND o.untold > 0 AND coalesce(i.tracked, 1) = 1 ORDER BY o.order_no, o.sku",
                              cart);
    while (q.next()) lines.push_back({q.text(0), q.text(1)});
    return lines;
}

void Orders::forget_taken(stack::CartKey cart, WallTime limit) {
    database_.run("DELETE FROM order_lines WHERE cart = ?1 AND order_no IN (SELECT l.order_no FROM order_lines l"
                  " WHERE l.cart = ?1 GROUP BY l.order_no HAVING max(l.reported_at) < ?2)"
                  " AND qty <= (SELECT coalesce(sum(t.pieces), 0) FROM order_takings t WHERE t.cart = order_lines.cart"
                  "  AND t.sku = order_lines.sku AND t.order_no = order_lines.order_no"
                  "  AND t.listing IN ('', order_lines.listing))"
                  " AND (SELECT count(*) FROM order_lines o WHERE o.cart = order_lines.cart"
                  "  AND o.order_no = order_lines.order_no AND o.sku = order_lines.sku) = 1",
                  cart, to_ms(limit));
    database_.run("DELETE FROM open_lines WHERE cart = ? AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.cart = open_lines.cart"
                  " AND l.order_no = open_lines.order_no AND l.sku = open_lines.sku)",
                  cart);
}

void Orders::forget_lines(stack::CartKey cart) {
    database_.run("DELETE FROM order_lines WHERE cart = ?", cart);
    database_.run("DELETE FROM open_lines WHERE cart = ?", cart);
}

void Orders::forget_all(stack::CartKey cart) {
    forget_lines(cart);
    database_.run("DELETE FROM order_takings WHERE cart = ?", cart);
}

std::int64_t Orders::not_taken(stack::CartKey cart) const {
    Query q = database_.query("SELECT coalesce(sum(held), 0) FROM open_lines WHERE cart = ?", cart);
    return q.next() ? q.integer(0) : 0;
}

std::pair<std::int64_t, std::vector<IncompleteLine>> Orders::waiting_since(stack::CartKey cart, WallTime limit, std::int64_t most) const {
    std::pair<std::int64_t, std::vector<IncompleteLine>> found;
    Query q = database_.query("SELECT o.order_no, o.sku FROM open_lines o WHERE o.cart = ?1 AND o.held > 0 AND"
                              " (SELECT max(n.reported_at) FROM order_lines n WHERE n.cart = ?1 AND n.order_no = o.order_no) < ?2"
                              " ORDER BY o.order_no, o.sku",
                              cart, to_ms(limit));
    for (; q.next(); ++found.first)
        if (found.first < most) found.second.push_back({q.text(0), q.text(1)});
    return found;
}

std::vector<std::string> Orders::open_orders(stack::CartKey cart, std::string_view sku) const {
    std::vector<std::string> orders;
    Query q = database_.query("SELECT order_no FROM open_lines INDEXED BY open_lines_by_sku WHERE cart = ? AND sku = ? AND held > 0"
                              " ORDER BY order_no",
                              cart, sku);
    while (q.next()) orders.push_back(q.text(0));
    return orders;
}

std::vector<OrderLine> Orders::lines_of(stack::CartKey cart, std::string_view sku) const {
    std::vector<OrderLine> lines;
    Query q = database_.query(
        "SELECT order_no, sku, listing, qty, taken, reported_at FROM order_lines " BY_SKU
        " WHERE cart = ? AND sku = ?",
        cart, sku);
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
