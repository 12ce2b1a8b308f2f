#include "core/store/listings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/store/carts.h"
#include "core/store/database.h"
#include "core/store/items.h"

#define LISTING_COLUMNS                                                                                  \
    "listing, cart, store_sku, item, unaligned, word, store_qoh, store_qoh_at, seen_gap, seen_gap_since,"   \
    " seen_gap_import, repaired, held_version, ignored_until, has_count"

namespace stocktray::store {
namespace {

using cart::CountWord;

constexpr std::array<std::pair<CountWord, std::string_view>, 5> words{{{CountWord::count, "count"},
                                                                       {CountWord::not_found, "not_found"},
                                                                       {CountWord::not_tracked, "not_tracked"},
                                                                       {CountWord::ambiguous, "ambiguous"},
                                                                       {CountWord::error, "error"}}};

std::optional<CountWord> word_from(std::string_view text) noexcept {
    for (const auto& [word, name] : words)
        if (name == text) return word;
    return std::nullopt;
}

Listing read(const Query& q) {
    Listing listing;
    listing.key = q.integer(0);
    listing.cart = q.integer(1);
    listing.store_sku = q.text(2);
    listing.item = q.maybe_integer(3);
    listing.is_aligned = !q.flag(4);
    listing.word = word_from(q.view(5));
    listing.store_qoh = q.maybe_integer(6);
    if (const auto at = q.maybe_integer(7)) listing.store_qoh_at = wall_from_ms(*at);
    if (!q.is_null(8)) listing.seen_gap = SeenGap{q.integer(8), agent_from_ms(q.integer(9)), q.integer(10)};
    if (const auto at = q.maybe_integer(11)) listing.repaired = agent_from_ms(*at);
    listing.held_version = q.maybe_integer(12);
    if (const auto at = q.maybe_integer(13)) listing.ignored_until = wall_from_ms(*at);
    listing.has_count = q.flag(14);
    return listing;
}

std::optional<Listing> first(Query q) { return q.next() ? std::optional{read(q)} : std::nullopt; }

}  // namespace

std::string_view to_string(CountWord word) noexcept {
    return std::ranges::find(words, word, &std::pair<CountWord, std::string_view>::first)->second;
}

std::optional<Listing> Listings::get(stack::ListingKey key) const {
    return first(database_.query("SELECT " LISTING_COLUMNS " FROM listings WHERE listing = ?",
                                 key));
}

std::optional<Listing> Listings::find(stack::CartKey cart, std::string_view store_sku) const {
    return first(database_.query("SELECT " LISTING_COLUMNS " FROM listings"
                                 " WHERE cart = ? AND store_sku = ?",
                                 cart, store_sku));
}

std::vector<Listing> Listings::of_item(stack::ItemKey item) const {
    std::vector<Listing> listings;
    Query q = database_.query(
        "SELECT " LISTING_COLUMNS " FROM listings WHERE item = ? ORDER BY cart, store_sku",
        item);
    while (q.next()) listings.push_back(read(q));
    return listings;
}

void Listings::save(Listing& listing) {
    const auto word = listing.word ? to_string(*listing.word) : std::string_view{};
    const auto at = listing.store_qoh_at ? std::optional{to_ms(*listing.store_qoh_at)} : std::nullopt;
    std::optional<std::int64_t> seen;
    std::optional<std::int64_t> seen_at;
    std::optional<std::int64_t> seen_import;
    if (listing.seen_gap) {
        seen = listing.seen_gap->pieces;
        seen_at = to_ms(listing.seen_gap->since);
        seen_import = listing.seen_gap->import;
    }
    const auto repaired = listing.repaired ? std::optional{to_ms(*listing.repaired)} : std::nullopt;
    const auto ignored_until = listing.ignored_until ? std::optional{to_ms(*listing.ignored_until)} : std::nullopt;
    if (listing.key == 0) {
        database_.run(
            "INSERT INTO listings (cart, store_sku, item, unaligned, word, store_qoh, store_qoh_at, seen_gap,"
            " seen_gap_since, seen_gap_import, repaired, held_version, ignored_until, has_count)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            listing.cart, listing.store_sku, listing.item, !listing.is_aligned, word, listing.store_qoh, at, seen,
            seen_at, seen_import, repaired, listing.held_version, ignored_until, listing.has_count);
        listing.key = database_.last_row();
        return;
    }
    database_.run(
        "UPDATE listings SET item = ?, unaligned = ?, word = ?, store_qoh = ?, store_qoh_at = ?, seen_gap = ?,"
        " seen_gap_since = ?, seen_gap_import = ?, repaired = ?, held_version = ?, ignored_until = ?, has_count = ?"
        " WHERE listing = ?",
        listing.item, !listing.is_aligned, word, listing.store_qoh, at, seen, seen_at, seen_import, repaired,
        listing.held_version, ignored_until, listing.has_count, listing.key);
}

std::vector<Listing> Listings::between(stack::CartKey cart, std::string_view first, std::string_view last,
                                       std::int64_t limit) const {
    std::vector<Listing> found;
    Query q = database_.query("SELECT " LISTING_COLUMNS " FROM listings WHERE cart = ? AND store_sku >= ?"
                              " AND store_sku <= ? ORDER BY store_sku LIMIT ?",
                              cart, first, last, limit);
    while (q.next()) found.push_back(read(q));
    return found;
}

void Listings::put_count(stack::CartKey cart, const cart::ReadCount& told, WallTime at) {
    const auto qoh = told.word == CountWord::count ? std::optional{told.qoh} : std::nullopt;
    database_.run(
        "INSERT INTO listings (cart, store_sku, word, store_qoh, store_qoh_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (cart, store_sku) DO UPDATE SET word = excluded.word, store_qoh = excluded.store_qoh,"
        // Of what is gone it stays known when it was last seen.
        " store_qoh_at = CASE excluded.word WHEN 'not_found' THEN store_qoh_at ELSE excluded.store_qoh_at END"
        " WHERE (word <> excluded.word OR store_qoh IS NOT excluded.store_qoh)"
        // The count before a post that is being sent or in doubt is what its outcome will be judged by. The three states
        // stand here as in the index of open posts, or SQLite does not see that it may use it.
        " AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.listing = listings.listing AND p.parked = 0"
        "                 AND (p.state = 'queued' OR p.state = 'sending' OR p.state = 'uncertain') AND p.state <> 'queued')",
        cart, told.sku, to_string(told.word), qoh, to_ms(at));
}

std::vector<ComparedListing> Listings::compare(stack::CartKey cart, std::string_view after, std::int64_t limit) const {
    std::vector<ComparedListing> found;
    Query q = database_.query(
        "SELECT " LISTING_COLUMNS ","
        " EXISTS (SELECT 1 FROM posts p WHERE p.listing = listings.listing AND p.parked = 0"
        "         AND (p.state = 'queued' OR p.state = 'sending' OR p.state = 'uncertain')),"
        " EXISTS (SELECT 1 FROM posts p WHERE p.listing = listings.listing AND (p.state = 'rejected' OR p.parked = 1)),"
        " EXISTS (SELECT 1 FROM pull_items u WHERE u.listing = listings.listing)"
        " FROM listings WHERE cart = ? AND store_sku > ? ORDER BY store_sku LIMIT ?",
        cart, after, limit);
    while (q.next()) found.push_back({read(q), q.flag(15), q.flag(16), q.flag(17)});
    return found;
}

std::int64_t Listings::highest_key() const {
    Query q = database_.query("SELECT max(listing) FROM listings");
    return q.next() ? q.integer(0) : 0;
}

void Listings::unalign(stack::CartKey cart) {
    database_.run("UPDATE listings SET unaligned = 1, seen_gap = NULL WHERE cart = ? AND unaligned = 0", cart);
    database_.run("UPDATE pull_items SET aligns = 0 WHERE cart = ? AND aligns = 1", cart);
}

void Listings::forget_counts(stack::CartKey cart) {
    database_.run("UPDATE listings SET has_count = 0 WHERE cart = ? AND has_count = 1", cart);
}

void Listings::unalign_item(stack::ItemKey item) {
    database_.run("UPDATE listings SET unaligned = 1, has_count = 0, seen_gap = NULL WHERE item = ? AND (unaligned = 0 OR has_count = 1)", item);
}

void Listings::link(const Cart& cart) {
    database_.run(
        "UPDATE listings SET item = (SELECT i.item FROM items i WHERE i.sku = listings.store_sku)"
        " WHERE cart = ?1 AND item IS NULL"
        " AND EXISTS (SELECT 1 FROM items i WHERE i.sku = listings.store_sku)"
        " AND NOT EXISTS (SELECT 1 FROM cart_sku_map m WHERE m.cart = ?1"
        "                 AND (m.store_sku = listings.store_sku OR m.om_sku = listings.store_sku))",
        cart.key);
    for (const auto& [om_sku, store_skus] : cart.config.sku_map)
        for (const auto& store_sku : store_skus)
            database_.run("UPDATE listings SET item = (SELECT item FROM items WHERE sku = ?) WHERE cart = ?"
                          " AND store_sku = ? AND item IS NULL",
                          om_sku, cart.key, store_sku);
}

void Listings::link(const Cart& cart, const Item& item) {
    const auto tie = [&](std::string_view store_sku) {
        database_.run("UPDATE listings SET item = ? WHERE cart = ? AND store_sku = ? AND item IS NULL", item.key, cart.key,
                      store_sku);
    };
    if (const auto* mapped = cart.config.sku_map.listings_of(item.sku))
        for (const auto& store_sku : *mapped) tie(store_sku);
    else if (const auto om_sku = cart::om_sku_of(cart.config, item.sku); !om_sku || *om_sku == item.sku)
        tie(item.sku);
}

void Listings::unlink_strays(const Cart& cart) {
    std::vector<stack::ListingKey> strays;
    {
        Query q = database_.query("SELECT l.listing, l.store_sku, i.sku FROM listings l JOIN items i ON i.item = l.item"
                                  " WHERE l.cart = ?",
                                  cart.key);
        while (q.next()) {
            const auto names = cart::listings_of(cart.config, q.text(2));
            if (std::ranges::find(names, q.text(1)) == names.end()) strays.push_back(q.integer(0));
        }
    }
    for (const auto listing : strays)
        database_.run("UPDATE listings SET item = NULL, unaligned = 1, has_count = 0, seen_gap = NULL WHERE listing = ?", listing);
}

std::vector<stack::ListingKey> Listings::with_parked(stack::CartKey cart) const {
    std::vector<stack::ListingKey> keys;
    Query q = database_.query(
        "SELECT DISTINCT listing FROM posts WHERE cart = ? AND state = 'uncertain' AND parked = 1 ORDER BY listing",
        cart);
    while (q.next()) keys.push_back(q.integer(0));
    return keys;
}

}  // namespace stocktray::store
