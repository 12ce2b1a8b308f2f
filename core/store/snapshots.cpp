#include "core/store/snapshots.h"

#include <algorithm>

#include "core/store/database.h"

#define SNAPSHOT_COLUMNS "source, snapshot, opened_at, opened, last_part, touched, received, whole_at, taken_to, moved"

namespace stocktray::store {
namespace {

std::optional<OpenSnapshot> first(Query q) {
    if (!q.next()) return std::nullopt;
    OpenSnapshot snapshot{q.text(0),    q.text(1), wall_from_ms(q.integer(2)), agent_from_ms(q.integer(3)),
                          q.integer(4), agent_from_ms(q.integer(5)), q.integer(6), std::nullopt, q.text(8), q.integer(9)};
    if (const auto at = q.maybe_integer(7)) snapshot.whole_at = wall_from_ms(*at);
    return snapshot;
}

}  // namespace

std::optional<OpenSnapshot> Snapshots::find(std::string_view source) const {
    return first(database_.query("SELECT " SNAPSHOT_COLUMNS " FROM snapshots WHERE source = ?", source));
}

std::optional<OpenSnapshot> Snapshots::whole() const {
    // There is a row for each source: to find the least one is less than to make room for sorting them.
    return first(database_.query("SELECT " SNAPSHOT_COLUMNS " FROM snapshots"
                                 " WHERE whole_at = (SELECT min(whole_at) FROM snapshots) LIMIT 1"));
}

void Snapshots::open(const OpenSnapshot& snapshot) {
    close(snapshot.source);
    database_.run("INSERT INTO snapshots (source, snapshot, opened_at, opened, last_part, touched)"
                  " VALUES (?, ?, ?, ?, ?, ?)",
                  snapshot.source, snapshot.snapshot, to_ms(snapshot.opened_at), to_ms(snapshot.opened),
                  snapshot.last_part, to_ms(snapshot.touched));
}

void Snapshots::save(const OpenSnapshot& snapshot) {
    const auto whole_at = snapshot.whole_at ? std::optional{to_ms(*snapshot.whole_at)} : std::nullopt;
    database_.run("UPDATE snapshots SET last_part = ?, touched = ?, received = ?, whole_at = ?, taken_to = ?, moved = ?"
                  " WHERE source = ?",
                  snapshot.last_part, to_ms(snapshot.touched), snapshot.received, whole_at, snapshot.taken_to,
                  snapshot.moved, snapshot.source);
}

void Snapshots::add_part(OpenSnapshot& snapshot, const std::vector<SnapshotItem>& items) {
    // In the order of the index: a part may come in any.
    std::vector<const SnapshotItem*> sorted;
    sorted.reserve(items.size());
    for (const auto& item : items) sorted.push_back(&item);
    std::ranges::stable_sort(sorted, {}, [](const auto* item) -> const std::string& { return item->sku; });
    for (const auto* item : sorted) {
        database_.run("INSERT OR IGNORE INTO snapshot_items (source, sku, qoh, name, tracked) VALUES (?, ?, ?, ?, ?)",
                      snapshot.source, item->sku, item->qoh.pieces, item->name, item->is_tracked);
        if (database_.changed_rows() > 0) {
            ++snapshot.received;
            continue;
        }
        database_.run("UPDATE snapshot_items SET qoh = ?, name = ?, tracked = ? WHERE source = ? AND sku = ?",
                      item->qoh.pieces, item->name, item->is_tracked, snapshot.source, item->sku);
    }
    save(snapshot);
}

std::vector<SnapshotItem> Snapshots::next(const OpenSnapshot& snapshot, std::int64_t limit) const {
    std::vector<SnapshotItem> items;
    Query q = database_.query("SELECT sku, qoh, name, tracked FROM snapshot_items WHERE source = ? AND sku > ?"
                              " ORDER BY sku LIMIT ?",
                              snapshot.source, snapshot.taken_to, limit);
    while (q.next()) items.push_back({q.text(0), {q.integer(1)}, q.maybe_text(2), q.flag(3)});
    return items;
}

void Snapshots::remove(std::string_view source, std::string_view sku) {
    database_.run("DELETE FROM snapshot_items WHERE source = ? AND sku = ?", source, sku);
}

std::vector<std::string> Snapshots::left(std::string_view source) const {
    std::vector<std::string> skus;
    Query q = database_.query("SELECT sku FROM snapshot_items WHERE source = ? ORDER BY sku", source);
    while (q.next()) skus.push_back(q.text(0));
    return skus;
}

void Snapshots::close(std::string_view source) {
    database_.run("DELETE FROM snapshot_items WHERE source = ?", source);
    database_.run("DELETE FROM snapshots WHERE source = ?", source);
}

void Snapshots::discard_idle(AgentTime limit) {
    database_.run("DELETE FROM snapshot_items WHERE source IN"
                  " (SELECT source FROM snapshots WHERE touched < ? AND whole_at IS NULL)",
                  to_ms(limit));
    database_.run("DELETE FROM snapshots WHERE touched < ? AND whole_at IS NULL", to_ms(limit));
}

}  // namespace stocktray::store
