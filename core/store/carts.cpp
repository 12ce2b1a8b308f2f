#include "core/store/carts.h"

#include "core/store/database.h"
#include "core/store/learned_json.h"

namespace stocktray::store {
namespace {

template <class Time>
std::optional<std::int64_t> ms(const std::optional<Time>& time) {
    return time ? std::optional{to_ms(*time)} : std::nullopt;
}

std::string_view dialect_word(const std::optional<cart::Dialect>& dialect) {
    if (!dialect) return "auto";
    return *dialect == cart::Dialect::xml ? "xml" : "text";
}

Cart read(const Query& q) {
    Cart cart;
    cart.key = q.integer(0);
    cart.config.id = q.text(1);
    cart.config.name = q.text(2);
    cart.config.kind = q.text(3);
    cart.config.url = q.text(4);
    cart.config.store_url = q.text(5);
    cart.config.user = q.text(6);
    cart.config.store_code = q.text(7);
    cart.config.charset = q.view(8) == "windows-1252" ? cart::Charset::windows_1252 : cart::Charset::utf_8;
    if (q.view(9) == "text") cart.config.dialect = cart::Dialect::text;
    if (q.view(9) == "xml") cart.config.dialect = cart::Dialect::xml;
    cart.config.synchronize_inventory = q.flag(10);
    cart.config.is_active = q.flag(11);
    cart.config.plain_http = q.flag(12) ? http::PlainHttp::allowed : http::PlainHttp::refused;
    cart.config.connections = q.integer(13);
    cart.config.batch_size = q.integer(14);
    cart.config.items_per_send = q.integer(15);
    cart.config.timeout = Milliseconds{q.integer(16)};
    cart.config.buffer = q.integer(17);
    cart.is_paused = q.flag(18);
    if (const auto until = q.maybe_integer(19)) cart.paused_until = wall_from_ms(*until);
    cart.stop = cart::stop_from(q.view(20));
    cart.stop_detail = q.text(21);
    cart.learned = learned_from_json(q.view(22));
    cart.has_base = q.flag(23);
    cart.adds = q.flag(24);
    cart.store_id = q.text(25);
    cart.store_seq = q.integer(26);
    if (const auto at = q.maybe_integer(27)) cart.last_confirmed_at = wall_from_ms(*at);
    cart.last_order = q.text(28);
    cart.imports = q.integer(29);
    if (const auto complete = q.maybe_integer(30)) cart.import_complete = *complete != 0;
    if (const auto at = q.maybe_integer(31)) cart.imported_at = wall_from_ms(*at);
    cart.order_floor = q.text(32);
    cart.next_floor = q.text(33);
    if (const auto at = q.maybe_integer(34)) cart.next_floor_since = agent_from_ms(*at);
    cart.synchronized = agent_from_ms(q.integer(35));
    cart.audited = agent_from_ms(q.integer(36));
    cart.listed = q.integer(37);
    cart.import_news = q.integer(38);
    if (const auto before = q.maybe_integer(39)) cart.buffer_change = BufferChange{*before, q.text(40)};
    cart.is_aligned = q.flag(41);
    cart.aligned_since = agent_from_ms(q.integer(42));
    cart.fold_to = q.maybe_integer(43);
    return cart;
}

}  // namespace

void forget_imports(Cart& cart) {
    ++cart.import_news;
    cart.last_order.clear();
    cart.import_complete.reset();
    cart.order_floor.clear();
    cart.next_floor.clear();
    cart.next_floor_since.reset();
    cart.listed = 0;
}

std::vector<Cart> Carts::all() const {
    std::vector<Cart> carts;
    Query q = database_.query(
        "SELECT cart, id, name, kind, url, store_url, user, store_code, charset, dialect, synchronize_inventory,"
        " active, allow_http, connections, batch_size, items_per_send, timeout_ms, buffer, paused, paused_until, stop,"
        " stop_detail, learned, has_base, adds, store_id, store_seq, last_confirmed_at, last_order, imports,"
        " import_complete, imported_at, order_floor, next_floor, next_floor_since,"
        " synchronized, audited, listed, import_news, buffer_before, buffer_to, aligned, aligned_since, fold_to FROM carts"
        " WHERE deleted_at IS NULL ORDER BY id");
    while (q.next()) carts.push_back(read(q));
    for (auto& cart : carts) {
        Query excludes = database_.query("SELECT sku FROM cart_excludes WHERE cart = ?", cart.key);
        while (excludes.next()) cart.config.exclude.insert(excludes.text(0));
        Query map = database_.query("SELECT om_sku, store_sku FROM cart_sku_map WHERE cart = ? ORDER BY store_sku",
                                    cart.key);
        while (map.next()) cart.config.sku_map.add(map.text(0), map.text(1));
    }
    return carts;
}

void Carts::save(Cart& cart) {
    const auto& config = cart.config;
    if (cart.key == 0) {
        database_.run("INSERT INTO carts (id, name, kind, url) VALUES (?, ?, ?, ?)", config.id, config.name, config.kind,
                      config.url);
        cart.key = database_.last_row();
    }
    database_.run(
        "UPDATE carts SET name = ?, kind = ?, url = ?, store_url = ?, user = ?, store_code = ?, charset = ?,"
        " dialect = ?, synchronize_inventory = ?, active = ?, allow_http = ?, connections = ?, batch_size = ?,"
        " items_per_send = ?, timeout_ms = ?, buffer = ? WHERE cart = ?",
        config.name, config.kind, config.url, config.store_url, config.user, config.store_code,
        config.charset == cart::Charset::windows_1252 ? "windows-1252" : "utf-8", dialect_word(config.dialect),
        config.synchronize_inventory, config.is_active, config.plain_http == http::PlainHttp::allowed,
        config.connections, config.batch_size, config.items_per_send, config.timeout.count(), config.buffer,
        cart.key);
    database_.run("DELETE FROM cart_excludes WHERE cart = ?", cart.key);
    for (const auto& sku : config.exclude)
        database_.run("INSERT INTO cart_excludes (cart, sku) VALUES (?, ?)", cart.key, sku);
    database_.run("DELETE FROM cart_sku_map WHERE cart = ?", cart.key);
    for (const auto& [om_sku, listings] : config.sku_map)
        for (const auto& store_sku : listings)
            database_.run("INSERT INTO cart_sku_map (cart, store_sku, om_sku) VALUES (?, ?, ?)", cart.key, store_sku,
                          om_sku);
    save_state(cart);
}

void Carts::save_state(const Cart& cart) {
    std::optional<std::int64_t> complete;
    if (cart.import_complete) complete = *cart.import_complete ? 1 : 0;
    const auto buffer_before = cart.buffer_change ? std::optional{cart.buffer_change->before} : std::nullopt;
    database_.run(
        "UPDATE carts SET paused = ?, paused_until = ?, stop = ?, stop_detail = ?, learned = ?, has_base = ?, adds = ?,"
        " store_id = ?, store_seq = ?, last_confirmed_at = ?, last_order = ?, imports = ?, import_complete = ?,"
        " imported_at = ?, order_floor = ?, next_floor = ?, next_floor_since = ?, synchronized = ?,"
        " audited = ?, listed = ?, import_news = ?, buffer_before = ?, buffer_to = ?, aligned = ?,"
        " aligned_since = ?, fold_to = ? WHERE cart = ?",
        cart.is_paused, ms(cart.paused_until), to_string(cart.stop), cart.stop_detail, to_json(cart.learned),
        cart.has_base, cart.adds, cart.store_id, cart.store_seq, ms(cart.last_confirmed_at), cart.last_order,
        cart.imports, complete, ms(cart.imported_at), cart.order_floor, cart.next_floor, ms(cart.next_floor_since),
        to_ms(cart.synchronized), to_ms(cart.audited), cart.listed,
        cart.import_news, buffer_before, cart.buffer_change ? cart.buffer_change->done_to : std::string{},
        cart.is_aligned, to_ms(cart.aligned_since), cart.fold_to, cart.key);
}

void Carts::save_confirmed(const Cart& cart) {
    database_.run("UPDATE carts SET adds = ?, store_seq = ?, last_confirmed_at = ? WHERE cart = ?", cart.adds, cart.store_seq,
                  ms(cart.last_confirmed_at), cart.key);
}

void Carts::remove(stack::CartKey cart, WallTime at) {
    database_.run("UPDATE carts SET deleted_at = ?, synchronize_inventory = 0 WHERE cart = ?", to_ms(at), cart);
}

}  // namespace stocktray::store
