#include "core/store/pulls.h"

#include "core/store/database.h"

#define PULL_COLUMNS "cursor, sku, delta, qoh, new_product, name, cart, listing, job, aligns, takes_back"

namespace stocktray::store {
namespace {

PullItem read(const Query& q) {
    PullItem item;
    item.cursor = q.integer(0);
    item.sku = q.text(1);
    item.delta = q.integer(2);
    item.qoh = q.integer(3);
    item.is_new_product = q.flag(4);
    item.name = q.maybe_text(5);
    item.cart = q.integer(6);
    item.listing = q.integer(7);
    item.job = q.integer(8);
    item.aligns = q.flag(9);
    item.takes_back = q.flag(10);
    return item;
}

std::vector<PullItem> all(Query q) {
    std::vector<PullItem> items;
    while (q.next()) items.push_back(read(q));
    return items;
}

}  // namespace

void Pulls::add(PullItem& item) {
    database_.run("INSERT INTO pull_items (sku, delta, qoh, new_product, name, cart, listing, job, aligns,"
                  " takes_back) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  item.sku, item.delta, item.qoh, item.is_new_product, item.name, item.cart, item.listing, item.job,
                  item.aligns, item.takes_back);
    item.cursor = database_.last_row();
}

std::optional<PullItem> Pulls::get(std::int64_t cursor) const {
    Query q = database_.query("SELECT " PULL_COLUMNS " FROM pull_items WHERE cursor = ?", cursor);
    return q.next() ? std::optional{read(q)} : std::nullopt;
}

std::vector<PullItem> Pulls::up_to(std::int64_t cursor) const {
    return all(database_.query("SELECT " PULL_COLUMNS " FROM pull_items WHERE cursor <= ? ORDER BY cursor", cursor));
}

std::vector<PullItem> Pulls::list(std::int64_t limit) const {
    return all(database_.query("SELECT " PULL_COLUMNS " FROM pull_items ORDER BY cursor LIMIT ?", limit));
}

void Pulls::remove(std::int64_t cursor) { database_.run("DELETE FROM pull_items WHERE cursor = ?", cursor); }

void Pulls::withdraw_of(stack::CartKey cart) {
    database_.run("DELETE FROM pull_items WHERE cart = ? AND cursor > ?", cart, given());
}

std::optional<PullItem> Pulls::of_listing(stack::ListingKey listing) const {
    Query q = database_.query("SELECT " PULL_COLUMNS " FROM pull_items WHERE listing = ?", listing);
    return q.next() ? std::optional{read(q)} : std::nullopt;
}

bool Pulls::is_open(stack::ListingKey listing) const {
    return database_.query("SELECT 1 FROM pull_items WHERE listing = ?", listing).next();
}

bool Pulls::is_open_for(std::string_view sku) const {
    return database_.query("SELECT 1 FROM pull_items WHERE sku = ? LIMIT 1", sku).next();
}

std::int64_t Pulls::count() const {
    Query q = database_.query("SELECT count(*) FROM pull_items");
    return q.next() ? q.integer(0) : 0;
}

std::string Pulls::consumer() const {
    Query q = database_.query("SELECT consumer FROM pull_consumer");
    return q.next() ? q.text(0) : std::string{};
}

void Pulls::set_consumer(std::string_view consumer) {
    database_.run("INSERT INTO pull_consumer (one, consumer) VALUES (1, ?)"
                  " ON CONFLICT DO UPDATE SET consumer = excluded.consumer",
                  consumer);
}

std::int64_t Pulls::given() const {
    Query q = database_.query("SELECT given FROM pull_consumer");
    return q.next() ? q.integer(0) : 0;
}

void Pulls::note_given(std::int64_t cursor) {
    database_.run("UPDATE pull_consumer SET given = ?1 WHERE given < ?1", cursor);
}

}  // namespace stocktray::store
