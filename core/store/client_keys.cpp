#include "core/store/client_keys.h"

#include "core/store/database.h"

#define CLIENT_KEY_COLUMNS "key, name, asks, role, barred, added_at, last_seen, address"

namespace stocktray::store {
namespace {

ClientKey read(const Query& q) {
    ClientKey key;
    key.key = q.text(0);
    key.name = q.text(1);
    key.asks = q.flag(2);
    key.role = q.text(3);
    key.barred = q.text(4);
    key.added = wall_from_ms(q.integer(5));
    if (const auto seen = q.maybe_integer(6)) key.last_seen = wall_from_ms(*seen);
    key.address = q.text(7);
    return key;
}

}  // namespace

std::vector<ClientKey> ClientKeys::all() const {
    Query q = database_.query("SELECT " CLIENT_KEY_COLUMNS " FROM client_keys ORDER BY name, key");
    std::vector<ClientKey> keys;
    while (q.next()) keys.push_back(read(q));
    return keys;
}

std::optional<ClientKey> ClientKeys::get(std::string_view key) const {
    Query q = database_.query("SELECT " CLIENT_KEY_COLUMNS " FROM client_keys WHERE key = ?", key);
    return q.next() ? std::optional{read(q)} : std::nullopt;
}

std::int64_t ClientKeys::asking() const {
    Query q = database_.query("SELECT count(*) FROM client_keys WHERE asks = 1");
    return q.next() ? q.integer(0) : 0;
}

void ClientKeys::put(const ClientKey& key) {
    std::optional<std::int64_t> seen;
    if (key.last_seen) seen = to_ms(*key.last_seen);
    database_.run("INSERT OR REPLACE INTO client_keys (" CLIENT_KEY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)", key.key,
                  key.name, key.asks, key.role, key.barred, to_ms(key.added), seen, key.address);
}

void ClientKeys::remove(std::string_view key) { database_.run("DELETE FROM client_keys WHERE key = ?", key); }

void ClientKeys::note_seen(std::string_view key, WallTime at, std::string_view address) {
    database_.run("UPDATE client_keys SET last_seen = ?, address = ? WHERE key = ?", to_ms(at), address, key);
}

}  // namespace stocktray::store
