#include "core/store/items.h"

#include "core/store/database.h"

#define ITEM_COLUMNS                                                                                                  \
    "item, sku, name, qoh, has_baseline, tracked, counting, version, book_version, changed, counted_at, retake,"      \
    " counted_until, reported_qoh, unposted_version"

namespace stocktray::store {
namespace {

constexpr const char* by_sku =
    "SELECT " ITEM_COLUMNS " FROM items WHERE sku = ?";
constexpr const char* by_key =
    "SELECT " ITEM_COLUMNS " FROM items WHERE item = ?";
constexpr const char* after_sku =
    "SELECT " ITEM_COLUMNS " FROM items WHERE sku > ? ORDER BY sku LIMIT ?";

Item read(const Query& q) {
    Item item;
    item.key = q.integer(0);
    item.sku = q.text(1);
    item.name = q.maybe_text(2);
    item.qoh = {q.integer(3)};
    item.has_baseline = q.flag(4);
    item.is_tracked = q.flag(5);
    if (!q.is_null(6))
        item.counting = q.view(6) == "qoh" ? inventory::Counting::qoh : inventory::Counting::delta;
    item.version = q.maybe_integer(7);
    item.book_version = q.integer(8);
    item.changed = agent_from_ms(q.integer(9));
    if (const auto at = q.maybe_integer(10)) item.counted_at = wall_from_ms(*at);
    item.needs_retake = q.flag(11);
    if (const auto until = q.maybe_integer(12)) item.counted_until = wall_from_ms(*until);
    if (const auto qoh = q.maybe_integer(13)) item.reported_qoh = inventory::Quantity{*qoh};
    item.unposted_version = q.maybe_integer(14);
    return item;
}

std::optional<Item> first(Query q) { return q.next() ? std::optional{read(q)} : std::nullopt; }

}  // namespace

std::optional<Item> Items::find(std::string_view sku) const { return first(database_.query(by_sku, sku)); }
std::optional<Item> Items::get(stack::ItemKey key) const { return first(database_.query(by_key, key)); }

std::optional<Item> Items::find_any_case(std::string_view sku) const {
    return first(database_.query("SELECT " ITEM_COLUMNS " FROM items WHERE sku = ? COLLATE NOCASE LIMIT 1", sku));
}

void Items::distrust() { database_.run("UPDATE items SET retake = 1"); }

Items::Retakes Items::to_retake(std::int64_t limit) const {
    Retakes found;
    Query count = database_.query("SELECT COUNT(*) FROM items WHERE retake = 1");
    if (count.next()) found.number = count.integer(0);
    if (found.number == 0) return found;
    Query q = database_.query("SELECT sku FROM items WHERE retake = 1 ORDER BY sku LIMIT ?", limit);
    while (q.next()) found.skus.push_back(q.text(0));
    return found;
}

void Items::save(Item& item) {
    const auto counting = item.counting
                              ? std::optional<std::string_view>{inventory::to_string(*item.counting)}
                              : std::nullopt;
    const auto counted_until = item.counted_until ? std::optional{to_ms(*item.counted_until)} : std::nullopt;
    const auto reported_qoh = item.reported_qoh ? std::optional{item.reported_qoh->pieces} : std::nullopt;
    const auto counted_at = item.counted_at ? std::optional{to_ms(*item.counted_at)} : std::nullopt;
    if (item.key == 0) {
        database_.run(
            "INSERT INTO items (sku, name, qoh, has_baseline, tracked, counting, version, book_version, changed,"
            " counted_at, retake, counted_until, reported_qoh, unposted_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            item.sku, item.name, item.qoh.pieces, item.has_baseline, item.is_tracked, counting, item.version,
            item.book_version, to_ms(item.changed), counted_at, item.needs_retake, counted_until, reported_qoh, item.unposted_version);
        item.key = database_.last_row();
        return;
    }
    database_.run(
        "UPDATE items SET name = ?, qoh = ?, has_baseline = ?, tracked = ?, counting = ?, version = ?,"
        " book_version = ?, changed = ?, counted_at = ?, retake = ?, counted_until = ?, reported_qoh = ?, unposted_version = ?"
        " WHERE item = ?",
        item.name, item.qoh.pieces, item.has_baseline, item.is_tracked, counting, item.version, item.book_version,
        to_ms(item.changed), counted_at, item.needs_retake, counted_until, reported_qoh, item.unposted_version, item.key);
}

bool Items::have_moved_since(AgentTime time) const {
    return database_.query("SELECT 1 FROM items WHERE changed > ? LIMIT 1", to_ms(time)).next();
}

std::vector<Item> Items::list(std::string_view after, std::int64_t limit) const {
    std::vector<Item> items;
    Query q = database_.query(after_sku, after, limit);
    while (q.next()) items.push_back(read(q));
    return items;
}

}  // namespace stocktray::store
