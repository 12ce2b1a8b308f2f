#include "core/store/store.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include "core/store/database.h"
#include "core/store/learned_json.h"
#include "tests/support/older_database.h"

using namespace stocktray;
using namespace stocktray::tests;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "stocktray-store-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
};

constexpr Now now{wall_from_ms(1'000), agent_from_ms(1'000)};

void create(store::Store& store) {
    store.identity.create({"a", "i", "m", 0, 1, now.wall, now.steady, store::Trouble::none});
}

// While it lives, every database that is opened counts the steps of its program.
struct CountedSteps {
    static inline std::int64_t taken = 0;

    CountedSteps() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&count_from_now_on)); }
    ~CountedSteps() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&count_from_now_on)); }
    CountedSteps(const CountedSteps&) = delete;
    CountedSteps& operator=(const CountedSteps&) = delete;

    static int count_from_now_on(sqlite3* db, char**, const void*) {
        sqlite3_progress_handler(db, 1, [](void*) { return ++taken, 0; }, nullptr);
        return 0;
    }
};

std::string plan_of(const std::string& sql) {
    const Folder folder;
    const auto file = (folder.path / "db").string();
    REQUIRE(store::Store::open(file));
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    std::string plan;
    sqlite3_exec(
        db, ("EXPLAIN QUERY PLAN " + sql).c_str(),
        [](void* into, int columns, char** values, char**) {
            *static_cast<std::string*>(into) += std::string{values[columns - 1]} + "\n";
            return 0;
        },
        &plan, nullptr);
    sqlite3_close(db);
    return plan;
}

// How many steps SQLite itself counts for `ask`, in a store with the cart 1 and what `fill` puts there.
std::int64_t steps_of(const std::function<void(store::Store&, const store::Cart&)>& fill, const std::function<void(store::Store&)>& ask) {
    const CountedSteps counted;
    auto store = store::Store::open(":memory:").value();
    REQUIRE(store.turn(now, [&] {
        create(store);
        store::Cart cart;
        cart.config.id = cart.config.name = "a";
        store.carts.save(cart);
        fill(store, cart);
    }));
    std::int64_t taken = 0;
    REQUIRE(store.turn(now, [&] {
        const auto before = CountedSteps::taken;
        ask(store);
        taken = CountedSteps::taken - before;
    }));
    return taken;
}

}  // namespace

TEST_SUITE("Store") {
    TEST_CASE("what a turn wrote is there after it was opened again") {
        const Folder folder;
        const auto file = (folder.path / "db").string();
        {
            auto store = store::Store::open(file).value();
            REQUIRE(store.turn(now, [&] {
                create(store);
                store::Item item;
                item.sku = "A";
                item.qoh = {5};
                store.items.save(item);
            }));
        }
        auto store = store::Store::open(file).value();
        CHECK(store.items.find("A")->qoh == inventory::Quantity{5});
        CHECK(store.identity.get().commits == 1);
        CHECK(store.last_commit() == 1);  // before anything was written in this run
    }
    TEST_CASE("a turn that fails leaves nothing, not even the commit counter") {
        auto store = store::Store::open(":memory:").value();
        REQUIRE(store.turn(now, [&] { create(store); }));
        const auto failed = store.turn(now, [&] {
            store::Item item;
            item.sku = "A";
            store.items.save(item);
            throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}};
        });
        CHECK_FALSE(failed);
        CHECK_FALSE(store.items.find("A"));
        CHECK(store.identity.get().commits == 1);
    }
    TEST_CASE("a turn that only reads commits nothing") {
        auto store = store::Store::open(":memory:").value();
        REQUIRE(store.turn(now, [&] { create(store); }));
        REQUIRE(store.turn(now, [&] { (void)store.items.find("A"); }));
        CHECK(store.commits() == 1);
    }
    TEST_CASE("the log goes into the file time and again, however much is written") {
        const Folder folder;
        const auto file = (folder.path / "db").string();
        auto store = store::Store::open(file);
        REQUIRE(store);
        REQUIRE(store->turn(now, [&] { create(*store); }));
        std::uintmax_t longest = 0;
        for (int i = 0; i < 60; ++i) {
            REQUIRE(store->turn(now, [&] {
                for (int k = 0; k < 1'000; ++k) {
                    store::HistoryEntry entry;
                    entry.at = now.wall;
                    entry.kind = "agent";
                    entry.text = std::string(1'000, 'x');
                    store->history.add(entry);
                }
            }));
            store->tidy();
            longest = std::max(longest, fs::file_size(file + "-wal"));
        }
        CHECK(fs::file_size(file) > 40'000'000);
        CHECK(longest < 20'000'000);
    }
    TEST_CASE("a file from a newer version is refused and left as it is") {
        const Folder folder;
        const auto file = (folder.path / "db").string();
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
        sqlite3_exec(db, "CREATE TABLE t (x); PRAGMA user_version = 9999", nullptr, nullptr, nullptr);
        sqlite3_close(db);
        const auto before = fs::file_size(file);
        const auto opened = store::Store::open(file);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == ErrorCode::unsupported);
        CHECK(opened.error().message.find("newer version") != std::string::npos);
        CHECK(fs::file_size(file) == before);
    }
    TEST_CASE("a damaged file is refused in words and never overwritten") {
        const Folder folder;
        const auto file = folder.path / "db";
        const std::string garbage(8192, 'x');
        std::ofstream{file} << garbage;
        const auto opened = store::Store::open(file.string());
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == ErrorCode::damaged);
        std::ifstream reader{file};
        CHECK(std::string{std::istreambuf_iterator<char>{reader}, {}} == garbage);
    }
    TEST_CASE("every database of an older version is upgraded and a copy is kept") {
        // Whoever adds a migration adds the fixture of the version before it.
        REQUIRE(newest_older_version() == store::Store::schema_version - 1);
        for (int version = 1; version <= newest_older_version(); ++version) {
            CAPTURE(version);
            const Folder folder;
            const auto file = (folder.path / "db").string();
            make_older_database(version, file);
            sqlite3* db = nullptr;
            REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
            // A post that was pruned, and whose number must not come again.
            REQUIRE(sqlite3_exec(db, "INSERT INTO posts (cart, listing, delta, state, created_at, created) VALUES (1, 1, 1, 'queued', 1, 1);"
                                     "DELETE FROM posts WHERE post = 4;"
                                     // An order of two pieces, of which one was taken.
                                     "INSERT INTO order_lines (cart, order_no, sku, qty, taken, reported_at) VALUES (1, '77', 'ANVIL-1', 2, 2, 1);"
                                     "INSERT INTO order_takings (cart, order_no, sku, pieces) VALUES (1, '77', 'ANVIL-1', 1)", nullptr, nullptr, nullptr) == SQLITE_OK);
            if (version >= 9) REQUIRE(sqlite3_exec(db, "INSERT INTO open_lines VALUES (1, '77', 'ANVIL-1', 1, 1)", nullptr, nullptr, nullptr) == SQLITE_OK);
            sqlite3_close(db);
            auto store = store::Store::open(file);
            REQUIRE(store);
            CHECK(store->check_integrity() == "ok");
            CHECK(fs::exists(fmt::format("{}.version-{}", file, version)));
            CHECK(store->identity.exists());
            CHECK(store->items.find("ANVIL-1")->qoh == inventory::Quantity{7});
            CHECK(store->posts.list({}).size() == 3);
            CHECK(store->carts.all().size() == 1);
            CHECK(store->posts.counts(1).queued == 1);
            CHECK(store->orders.not_taken(1) == 1);
            stack::Post post;
            post.cart = 1;
            post.listing = 1;
            post.delta = {-1};
            store->posts.add(post, stack::Lane::changes);
            CHECK(post.id == 5);
            CHECK(store->posts.counts(1).queued == 2);
        }
    }
    TEST_CASE("a check that nobody may wait for leaves out long tables and names them") {
        const Folder folder;
        const auto file = (folder.path / "db").string();
        make_older_database(newest_older_version(), file);
        auto store = store::Store::open(file);
        REQUIRE(store);
        CHECK(store->check_integrity(1'000) == "ok");
        const auto few = store->check_integrity(10).value_or("");
        CHECK(few.starts_with("ok\nToo long to be looked through while the agent works: "));
        CHECK(few.find("posts") != std::string::npos);
        CHECK(few.find("identity") == std::string::npos);
    }
    TEST_CASE("the questions of every turn are answered by an index of their own") {
        const std::string posts = "SELECT * FROM posts WHERE cart = 1 AND ";
        CHECK(plan_of(posts + "state = 'queued' AND held = 0 AND due = 0 ORDER BY lane, post LIMIT 4")
                  .find("posts_fresh") != std::string::npos);
        CHECK(plan_of(posts + "state = 'queued' AND held = 0 AND due > 0 AND due <= 5 ORDER BY due LIMIT 4")
                  .find("posts_retry") != std::string::npos);
        const std::string open = "parked = 0 AND (state = 'queued' OR state = 'sending' OR state = 'uncertain')";
        CHECK(plan_of(posts + "lane = 1 AND " + open + " ORDER BY created, post LIMIT 1").find("posts_waiting") != std::string::npos);
        CHECK(plan_of("SELECT 1 FROM posts WHERE listing = 1 AND " + open + " LIMIT 1").find("posts_open") != std::string::npos);
        CHECK(plan_of("SELECT * FROM posts WHERE state = 'sending' ORDER BY post").find("posts_sending") !=
              std::string::npos);
        CHECK(plan_of(posts + "state = 'uncertain' ORDER BY post").find("posts_uncertain") != std::string::npos);
    }
    TEST_CASE("what is asked of each SKU does not grow with the orders and jobs of a cart") {
        const auto steps = [](int others, const std::function<void(store::Store&)>& ask) {
            return steps_of([&](store::Store& store, const store::Cart& cart) {
                for (int i = 0; i < others; ++i)
                    store.orders.replace(cart.key, std::to_string(i), {{std::to_string(i), "OTHER", "", 1, 0, now.wall}});
                jobs::Job job;
                job.cart = cart.key;
                job.state = jobs::State::done;
                store.jobs.add(job);
                for (int i = 0; i < others; ++i) {
                    jobs::JobItem line;
                    line.job = job.id;
                    line.store_sku = line.sku = "S" + std::to_string(i);
                    store.jobs.put(line);
                }
            }, ask);
        };
        const std::vector<std::function<void(store::Store&)>> questions{
            [](store::Store& store) { CHECK(store.orders.lines_of(1, "X").empty()); },
            [](store::Store& store) { CHECK(store.orders.open_orders(1, "X").empty()); },
            [](store::Store& store) { CHECK(store.jobs.with_waiting(1).empty()); },
            [](store::Store& store) { CHECK_FALSE(store.jobs.has_waiting_for_store(1)); }};
        for (const auto& ask : questions) {
            const auto among_few = steps(10, ask);
            CHECK(among_few > 0);
            CHECK(steps(1'000, ask) < among_few + 100);
        }
    }
    TEST_CASE("what is asked of a cart's orders does not grow with those that were taken") {
        const auto steps = [](int taken_orders) {
            return steps_of([&](store::Store& store, const store::Cart& cart) {
                for (int i = 0; i <= taken_orders; ++i) {
                    const auto order = std::to_string(i);
                    store.orders.replace(cart.key, order, {{order, "X", "", 2, 2, now.wall}});
                    store.orders.take(cart.key, order, "X", "", i == 0 ? 1 : 2, now.wall);
                }
            }, [](store::Store& store) {
                CHECK(store.orders.not_taken(1) == 1);
                CHECK(store.orders.incomplete(1).size() == 1);
                CHECK(store.orders.waiting_since(1, now.wall + Milliseconds{1}, 10).first == 1);
            });
        };
        const auto among_few = steps(10);
        CHECK(among_few > 0);
        CHECK(steps(1'000) < among_few + 100);
    }
    TEST_CASE("a history that is young is not looked through for what is old") {
        const auto steps = [](int entries) {
            return steps_of([&](store::Store& store, const store::Cart&) {
                const auto add = [&](WallTime at) {
                    store::HistoryEntry entry;
                    entry.at = at;
                    entry.kind = "agent";
                    store.history.add(entry);
                };
                add(now.wall - Milliseconds{2});
                for (int i = 0; i < entries; ++i) add(now.wall);
            }, [](store::Store& store) {
                CHECK(store.history.prune(now.wall - Milliseconds{1}, 10) == 1);
                CHECK(store.history.prune(now.wall - Milliseconds{1}, 10) == 0);
            });
        };
        CHECK(steps(2'000) < steps(100) + 100);
    }
    TEST_CASE("what was found out about a script comes back from the database") {
        cart::Learned learned;
        learned.dialect = cart::Dialect::xml;
        learned.counts = cart::CountSource::downloadprods;
        learned.rest = cart::RestApi::module;
        learned.extension = cart::Extension{"s", Milliseconds{5}, 1, 2, "innodb", "p", "b", true, true, true, true, true, true};
        CHECK(store::learned_from_json(store::to_json(learned)) == learned);
        CHECK(store::learned_from_json("garbage") == cart::Learned{});
    }
    TEST_CASE("no part of a hash can be taken for another") {
        CHECK(store::hash_of({"ab", "c"}) != store::hash_of({"a", "bc"}));
        CHECK(store::hash_of({"a", ""}) != store::hash_of({"a"}));
    }
    TEST_CASE("a parameter with a wrong name or value is refused in words") {
        CHECK(store::Parameters::check("LatenessSeconds", std::int64_t{60}));
        CHECK(store::Parameters::check("LatenessSeconds", true).error().code == ErrorCode::invalid);
        CHECK(store::Parameters::check("LatenessSeconds", std::int64_t{0}).error().code == ErrorCode::invalid);
        CHECK(store::Parameters::check("QuietHours", std::string{"22:00-07:30"}));
        CHECK_FALSE(store::Parameters::check("QuietHours", std::string{"24:00-07:30"}));
        CHECK(store::Parameters::check("Nonsense", true).error().code == ErrorCode::not_found);
    }
}
