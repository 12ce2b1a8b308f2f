#include "core/store/snapshots.h"

#include "core/store/database.h"

namespace stocktray::store {

std::optional<OpenSnapshot> Snapshots::find(std::string_view source) const {
    Query q = database_.query(
        "SELECT source, snapshot, opened_at, opened, last_part, touched FROM snapshots WHERE source = ?", source);
    if (!q.next()) return std::nullopt;
    return OpenSnapshot{q.text(0),    q.text(1), wall_from_ms(q.integer(2)), agent_from_ms(q.integer(3)),
                        q.integer(4), agent_from_ms(q.integer(5))};
}

void Snapshots::open(const OpenSnapshot& snapshot) {
    close(snapshot.source);
    database_.run(
        "INSERT INTO snapshots (source, snapshot, opened_at, opened, last_part, touched) VALUES (?, ?, ?, ?, ?, ?)",
        snapshot.source, snapshot.snapshot, to_ms(snapshot.opened_at), to_ms(snapshot.opened), snapshot.last_part,
        to_ms(snapshot.touched));
}

void Snapshots::add_part(const OpenSnapshot& snapshot, const std::vector<SnapshotItem>& items) {
    for (const auto& item : items)
        database_.run("INSERT INTO snapshot_items (source, sku, qoh, name, tracked) VALUES (?, ?, ?, ?, ?)",
                      snapshot.source, item.sku, item.qoh.pieces, item.name, item.is_tracked);
    database_.run("UPDATE snapshots SET last_part = ?, touched = ? WHERE source = ?", snapshot.last_part,
                  to_ms(snapshot.touched), snapshot.source);
}

void Snapshots::each(std::string_view source, const std::function<void(const SnapshotItem&)>& take) const {
    // SQLite takes the bare columns from the row that has the maximum: the one sent last.
    Query q = database_.query(
        "SELECT sku, qoh, name, tracked, max(rowid) FROM snapshot_items WHERE source = ? GROUP BY sku ORDER BY sku",
        source);
    while (q.next()) take({q.text(0), {q.integer(1)}, q.maybe_text(2), q.flag(3)});
}

std::int64_t Snapshots::count(std::string_view source) const {
    Query q = database_.query("SELECT count(DISTINCT sku) FROM snapshot_items WHERE source = ?", source);
    return q.next() ? q.integer(0) : 0;
}

void Snapshots::close(std::string_view source) {
    database_.run("DELETE FROM snapshot_items WHERE source = ?", source);
    database_.run("DELETE FROM snapshots WHERE source = ?", source);
}

void Snapshots::discard_idle(AgentTime limit) {
    database_.run("DELETE FROM snapshot_items WHERE source IN (SELECT source FROM snapshots WHERE touched < ?)",
                  to_ms(limit));
    database_.run("DELETE FROM snapshots WHERE touched < ?", to_ms(limit));
}

}  // namespace stocktray::store
