#include "tests/bench/floor/ledger.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

#include "core/random.h"
#include "core/store/store.h"

namespace stocktray::bench {
namespace {

constexpr std::uint64_t items = 10'000;

// The least that one change needs: its id, and the row that it makes.
class SqliteLedger final : public Ledger {
public:
    explicit SqliteLedger(const std::string& folder) {
        const auto file = folder + "/floor.db";
        if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) throw std::runtime_error{"sqlite3_open"};
        run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS posts (post INTEGER PRIMARY KEY, sku TEXT NOT NULL, state TEXT NOT "
            "NULL,"
            " body BLOB NOT NULL);"
            "CREATE INDEX IF NOT EXISTS posts_queued ON posts (sku, post) WHERE state = 'queued';");
        sqlite3_prepare_v3(db_, "INSERT INTO ids VALUES (hex(randomblob(8)), randomblob(16))", -1,
                           SQLITE_PREPARE_PERSISTENT, &id_, nullptr);
        sqlite3_prepare_v3(db_, "INSERT INTO posts (sku, state, body) VALUES (?, 'queued', zeroblob(200))",
                           -1, SQLITE_PREPARE_PERSISTENT, &post_, nullptr);
    }
    ~SqliteLedger() override {
        sqlite3_finalize(id_);
        sqlite3_finalize(post_);
        sqlite3_close(db_);
    }
    SqliteLedger(const SqliteLedger&) = delete;
    SqliteLedger& operator=(const SqliteLedger&) = delete;

    void commit(std::size_t changes) override {
        run("BEGIN IMMEDIATE");
        for (std::size_t n = 0; n < changes; ++n) {
            step(id_);
            const auto sku = fmt::format("SKU-{:05}", random_.below(items));
            sqlite3_bind_text(post_, 1, sku.c_str(), -1, SQLITE_TRANSIENT);
            step(post_);
        }
        run("COMMIT");
    }

private:
    void run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error{sqlite3_errmsg(db_)};
    }
    void step(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(db_)};
        sqlite3_reset(statement);
    }

    sqlite3* db_{nullptr};
    sqlite3_stmt* id_{nullptr};
    sqlite3_stmt* post_{nullptr};
    Random random_{static_cast<std::uint64_t>(::getpid())};
};

// The rows of a change in the product: id, item, post, history and the commit counter.
class StoreLedger final : public Ledger {
public:
    explicit StoreLedger(const std::string& folder) : store_{open(folder + "/store.db")} {
        must(store_.turn(now(), [&] {
            for (auto& known : store_.carts.all()) cart_ = known.key;
            if (cart_ != 0) return;
            store_.identity.create(
                {"floor", "floor", "", 0, 1, now().wall, now().steady, store::Trouble::none});
            store::Cart cart;
            cart.config.id = "floor";
            cart.config.name = "floor";
            cart.config.url = "http://127.0.0.1:9/";
            store_.carts.save(cart);
            cart_ = cart.key;
            for (std::uint64_t n = 0; n < items; ++n) {
                store::Item item;
                item.sku = sku(n);
                item.has_baseline = true;
                store_.items.save(item);
                store::Listing listing;
                listing.cart = cart_;
                listing.store_sku = item.sku;
                listing.item = item.key;
                store_.listings.save(listing);
            }
        }));
    }

    void commit(std::size_t changes) override {
        must(store_.turn(now(), [&] {
            for (std::size_t n = 0; n < changes; ++n) change();
        }));
        store_.tidy();
    }

private:
    static store::Store open(const std::string& file) {
        auto store = store::Store::open(file);
        if (!store) throw std::runtime_error{store.error().message};
        return std::move(*store);
    }
    static void must(const Result<void>& done) {
        if (!done) throw std::runtime_error{done.error().message};
    }
    static std::string sku(std::uint64_t n) { return fmt::format("SKU-{:05}", n); }
    Now now() { return {wall_from_ms(1'800'000'000'000 + ++time_), agent_from_ms(1'000'000 + time_)}; }

    void change() {
        const auto id = random_.next();
        const auto key =
            store::hash_of({"om", std::string_view{reinterpret_cast<const char*>(&id), sizeof id}});
        if (store_.ids.known(key, key) != store::Known::no) return;
        auto item = store_.items.find(sku(random_.below(items)));
        if (!item) throw std::runtime_error{"an item is missing"};
        --item->qoh.pieces;
        store_.items.save(*item);
        store_.ids.remember(key, key);
        const auto listing = store_.listings.find(cart_, item->sku);
        if (auto unsent = store_.posts.unsent_of(listing->key)) {
            --unsent->delta.pieces;
            ++unsent->changes;
            store_.posts.add_up(*unsent, stack::Lane::changes, now().steady);
        } else {
            stack::Post post;
            post.cart = cart_;
            post.listing = listing->key;
            post.delta = {-1};
            post.created_at = now().wall;
            post.created = now().steady;
            store_.posts.add(post, stack::Lane::changes);
        }
        store::HistoryEntry entry{
            .at = now().wall, .kind = "change", .sku = item->sku, .delta = -1, .text = "phone order: -1."};
        store_.history.add(entry);
    }

    store::Store store_;
    stack::CartKey cart_{0};
    std::int64_t time_{0};
    Random random_{static_cast<std::uint64_t>(::getpid()) * 7919};
};

}  // namespace

std::unique_ptr<Ledger> open_ledger(const std::string& kind, const std::string& folder) {
    if (kind == "sqlite") return std::make_unique<SqliteLedger>(folder);
    if (kind == "store") return std::make_unique<StoreLedger>(folder);
    return nullptr;
}

}  // namespace stocktray::bench
