// Things that break in the middle. Each case asks the same two questions: what does the caller hear, and what
// is true?
#include "tests/integration/connector_fixture.h"

#include <future>
#include <thread>

using namespace stocktray::tests;

namespace {

std::string keys_table(Shop shop) {
    return (shop == Shop::xcart5 ? "xc_" : "xcart_") + std::string{"stocktray_keys"};
}

// The row that every keyed change needs last: whoever holds it stops changes between UPDATE and COMMIT.
std::string lock_state(Shop shop) {
    return "START TRANSACTION; SELECT n FROM " + std::string{shop == Shop::xcart5 ? "xc_" : "xcart_"} +
           "stocktray_meta WHERE name = 'state' FOR UPDATE";
}

std::string lock_product(Shop shop, const std::string& sku) {
    return shop == Shop::xcart5
               ? "START TRANSACTION; SELECT amount FROM xc_products WHERE sku = '" + sku + "' FOR UPDATE"
               : "START TRANSACTION; SELECT avail FROM xcart_products WHERE productcode = '" + sku +
                     "' FOR UPDATE";
}

// The server renews its list of transactions only when nobody has read it for 100 ms.
constexpr std::chrono::milliseconds list_age{130};

bool somebody_waits(MariadbSession& session) {
    const auto waits = [&] {
        return session.number(
                   "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'") > 0;
    };
    std::this_thread::sleep_for(list_age);  // or the list of the case before this one might answer
    return wait_until(waits, std::chrono::seconds{30}, list_age);
}

bool nobody_works(MariadbSession& session) {
    const auto is_quiet = [&] {
        return session.number("SELECT COUNT(*) FROM information_schema.INNODB_TRX") == 0;
    };
    return wait_until(is_quiet, std::chrono::seconds{30}, list_age);
}

long long uncommitted(MariadbSession& session, Shop shop, const std::string& sku) {
    const std::string sql = shop == Shop::xcart5
                                ? "SELECT amount FROM xc_products WHERE sku = '" + sku + "'"
                                : "SELECT avail FROM xcart_products WHERE productcode = '" + sku + "'";
    return session.number("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; " + sql);
}

std::future<Reply> sending(const StoreUnderTest& store, const std::string& sku, int delta,
                           const std::string& key, const std::string& store_id, Shop shop,
                           Door door = Door::http) {
    const Fields fields{{"update", sku + "~" + std::to_string(delta)},
                        {"postid", key},
                        {"agent", our_agent},
                        {"number", fresh_number()},
                        {"store", store_id}};
    return std::async(std::launch::async, [fields, shop, door, name = store.name] {
        return rig().call(shop, "invupdate", fields, door);
    });
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE(
        "a PHP worker that is killed between UPDATE and COMMIT leaves nothing, and the repeat applies once") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const auto sku = store.sku(301);
            const auto id = store.store_id();
            const long long before = store.count(sku);
            const auto key = fresh_key();
            REQUIRE(store.post(store.sku(302), 1, fresh_key()).body.starts_with("SETIResponse=OK"));
            auto watcher = rig().session(shop);
            auto holder = rig().session(shop);
            holder.query(lock_state(shop));
            auto reply = sending(store, sku, -3, key, id, shop);
            REQUIRE(somebody_waits(watcher));
            CHECK(uncommitted(watcher, shop, sku) == before - 3);
            rig().kill_php_workers();
            const auto heard = reply.get();
            CHECK(heard.status == 502);
            holder.query("ROLLBACK");
            REQUIRE(nobody_works(watcher));
            CHECK(store.count(sku) == before);
            CHECK(watcher.number("SELECT COUNT(*) FROM " + keys_table(shop) + " WHERE id = '" + key + "'") ==
                  0);
            const auto repeat = store.post(sku, -3, key, "invrepeat").body;
            CHECK(field(repeat, "QOH") == std::to_string(before - 3));
            CHECK(store.post(sku, -3, key, "invrepeat").body == repeat);
            CHECK(store.count(sku) == before - 3);
        }
    }

    TEST_CASE("after a deadlock with the shop the change is tried again and applied once") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const auto sku = store.sku(303);
            const auto id = store.store_id();
            REQUIRE(store.post(store.sku(302), 1, fresh_key()).body.starts_with("SETIResponse=OK"));
            const long long before = store.count(sku);
            auto watcher = rig().session(shop);
            auto shop_order = rig().session(shop);
            // The victim is who wrote less, so the other one writes much.
            shop_order.query("CREATE TABLE IF NOT EXISTS heavy (id int PRIMARY KEY) ENGINE=InnoDB");
            shop_order.query(lock_state(shop) + "; INSERT INTO heavy SELECT seq FROM seq_1_to_500");
            auto reply = sending(store, sku, -2, fresh_key(), id, shop);
            REQUIRE(somebody_waits(watcher));
            const std::string set =
                shop == Shop::xcart5
                    ? "UPDATE xc_products SET amount = amount - 1 WHERE sku = '" + sku + "'"
                    : "UPDATE xcart_products SET avail = avail - 1 WHERE productcode = '" + sku + "'";
            shop_order.query(set + "; DELETE FROM heavy; COMMIT; DROP TABLE heavy");
            const auto heard = reply.get();
            CHECK(field(heard.body, "QOH") == std::to_string(before - 3));
            CHECK(store.count(sku) == before - 3);
        }
    }

    TEST_CASE("a change that is under way while another agent takes the store over changes nothing") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const auto sku = store.sku(312);
            const auto id = store.store_id();
            REQUIRE(store.post(sku, 1, fresh_key()).body.starts_with("SETIResponse=OK"));
            const long long before = store.count(sku);
            auto watcher = rig().session(shop);
            auto holder = rig().session(shop);
            holder.query(lock_product(shop, sku));
            auto reply = sending(store, sku, -2, fresh_key(), id, shop);
            REQUIRE(somebody_waits(watcher));  // whose the store is, it has read before
            CHECK_FALSE(
                store.announcement({{"agent", "another-agent"}, {"takeover", our_agent}}).contains("bound"));
            holder.query("ROLLBACK");
            CHECK(reply.get().body == "SETIError: other agent");
            CHECK(store.count(sku) == before);
            CHECK_FALSE(
                store.announcement({{"agent", our_agent}, {"takeover", "another-agent"}}).contains("bound"));
        }
    }

    TEST_CASE("what was clamped is judged by the count at the moment of the change, not by one read before") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::xcart5);
        const auto sku = store.sku(311);
        const auto id = store.store_id();
        store.set_count(sku, 6);
        auto watcher = rig().session(Shop::xcart5);
        auto shop_order = rig().session(Shop::xcart5);
        shop_order.query("START TRANSACTION; UPDATE xc_products SET amount = 1 WHERE sku = '" + sku + "'");
        auto reply = sending(store, sku, -5, fresh_key(), id, Shop::xcart5);
        REQUIRE(somebody_waits(watcher));
        shop_order.query("COMMIT");
        CHECK(field(reply.get().body, "NOTE") == "clamped,-1");
        CHECK(store.count(sku) == 0);
    }

    TEST_CASE("rows and keys that stay locked end in a refusal that changed nothing") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::classic_innodb);
        const auto five = of(Shop::xcart5);
        const auto id = store.store_id();
        const auto five_id = five.store_id();
        const auto key = fresh_key();
        const long long before = store.count(store.sku(304));
        auto holder = rig().session(Shop::classic_innodb);
        auto five_holder = rig().session(Shop::xcart5);
        five_holder.query(lock_product(Shop::xcart5, five.sku(304)));
        holder.query("START TRANSACTION; INSERT INTO xcart_stocktray_keys VALUES ('" + key +
                     "', '', '', 1, 0, '', 0, 0)");
        auto row_locked = sending(five, five.sku(304), -1, fresh_key(), five_id, Shop::xcart5);
        auto key_locked = sending(store, store.sku(304), -1, key, id, Shop::classic_innodb);
        const auto busy = row_locked.get();
        CHECK(busy.status == 200);
        CHECK(busy.body == "SETIError: busy, nothing changed");
        CHECK(busy.head.find("Retry-After: ") != std::string::npos);
        CHECK(key_locked.get().body == "SETIError: postid busy");
        holder.query("ROLLBACK");
        five_holder.query("ROLLBACK");
        CHECK(store.count(store.sku(304)) == before);
        CHECK(store.post(store.sku(304), -1, key, "invrepeat").body.starts_with("SETIResponse=OK"));
    }

    TEST_CASE("a web server that gives up does not stop the change, and the repeat finds its answer") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_innodb;
        const auto store = of(shop);
        const auto sku = store.sku(305);
        const auto id = store.store_id();
        auto watcher = rig().session(shop);
        auto holder = rig().session(shop);
        long long before = 0;
        std::string key;
        // The script waits five seconds for a lock; on a busy machine there may be too little of them left behind the
        // web server's patience. What was let go of in time is what this is about.
        const auto is_let_go_in_time = [&] {
            before = store.count(sku);
            key = fresh_key();
            const auto begun = std::chrono::steady_clock::now();
            holder.query(lock_product(shop, sku));
            CHECK(sending(store, sku, -1, key, id, shop, Door::hasty).get().status == 504);
            holder.query("ROLLBACK");
            const auto took = std::chrono::steady_clock::now() - begun;
            REQUIRE(nobody_works(watcher));
            return took < std::chrono::seconds{5};
        };
        for (int tries = 1; !is_let_go_in_time(); ++tries) REQUIRE(tries < 10);
        CHECK(wait_until([&] { return store.count(sku) == before - 1; }));
        const auto repeat = store.post(sku, -1, key, "invrepeat").body;
        CHECK(field(repeat, "QOH") == std::to_string(before - 1));
        CHECK(store.count(sku) == before - 1);
    }

    TEST_CASE("while the database is down a post is refused; after its restart the repeat applies it") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::xcart5;
        const auto store = of(shop);
        const auto sku = store.sku(306);
        const auto id = store.store_id();
        const long long before = store.count(sku);
        const auto key = fresh_key();
        rig().stop_database();
        const auto refused = sending(store, sku, -1, key, id, shop).get();
        rig().start_database();
        CHECK(refused.status == 200);
        CHECK(refused.body == "SETIError: Couldn't open store connection");
        CHECK(store.count(sku) == before);
        CHECK(store.store_id() == id);
        CHECK(field(store.post(sku, -1, key, "invrepeat").body, "QOH") == std::to_string(before - 1));
    }

    TEST_CASE("an X-Cart 5 post waits for nobody who works on another variant") {
        STOCKTRAY_NEEDS_RIG();
        const auto five = of(Shop::xcart5);
        auto holder = rig().session(Shop::xcart5);
        // As the shop does: by its number. By its SKU it would lock all of them itself.
        holder.query("SET @id = (SELECT id FROM xc_product_variants WHERE sku = 'V-1802-A'); START TRANSACTION;"
                     "SELECT amount FROM xc_product_variants WHERE id = @id FOR UPDATE");
        CHECK(five.post(five.sku(305), -1, fresh_key()).body.starts_with("SETIResponse=OK"));
        CHECK(five.post("V-1803-A", -1, fresh_key()).body.starts_with("SETIResponse=OK"));
        holder.query("ROLLBACK");
    }

    TEST_CASE("key tables that cannot be read for a while are not called another store's") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_innodb;
        const auto store = of(shop);
        const auto id = store.store_id();
        auto session = rig().session(shop);
        session.query("CREATE TABLE gone (x INT); RENAME TABLE xcart_stocktray_meta TO kept_meta;"
                      "CREATE VIEW xcart_stocktray_meta AS SELECT * FROM gone; DROP TABLE gone");
        const auto heard = sending(store, store.sku(308), -1, fresh_key(), id, shop).get();
        session.query("DROP VIEW xcart_stocktray_meta; RENAME TABLE kept_meta TO xcart_stocktray_meta");
        CHECK(heard.body == "SETIError: busy, nothing changed");
        CHECK(store.store_id() == id);
    }

    TEST_CASE("a database that crashes in mid-change has not changed, and its answers from before are kept") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_innodb;
        const auto store = of(shop);
        const auto sku = store.sku(307);
        const auto id = store.store_id();
        const auto old_key = fresh_key();
        const auto old_answer = store.post(sku, -1, old_key).body;
        const long long before = store.count(sku);
        const auto key = fresh_key();
        {
            auto watcher = rig().session(shop);
            auto holder = rig().session(shop);
            holder.query(lock_state(shop));
            auto reply = sending(store, sku, -5, key, id, shop);
            REQUIRE(somebody_waits(watcher));
            rig().crash_database();
            const auto heard = reply.get();
            CHECK(heard.status == 200);
            CHECK(heard.body == "SETIError: busy, nothing changed");
        }
        rig().start_database();
        CHECK(store.count(sku) == before);
        CHECK(store.post(sku, -1, old_key, "invrepeat").body == old_answer);
        CHECK(field(store.post(sku, -5, key, "invrepeat").body, "QOH") == std::to_string(before - 5));
        CHECK(store.count(sku) == before - 5);
    }

    TEST_CASE("without PHP the web server's own page is all there is") {
        STOCKTRAY_NEEDS_RIG();
        const long long before = rig().count(Shop::xcart5, "P-0308");
        rig().stop_php();
        const auto reply = rig().call(Shop::xcart5, "invupdate", {{"update", "P-0308~-1"}});
        rig().start_php();
        CHECK(reply.status == 502);
        CHECK(reply.body.find("SETI") == std::string::npos);
        CHECK(rig().count(Shop::xcart5, "P-0308") == before);
        rig().stop_web_server();
        CHECK(rig().call(Shop::xcart5, "getproductscount").code == CURLE_COULDNT_CONNECT);
        rig().start_web_server();
        CHECK(rig().call(Shop::xcart5, "getproductscount").status == 200);
    }

    TEST_CASE("a MyISAM change that nobody can vouch for is called unknown, one that never began is not") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_myisam;
        const auto store = of(shop);
        const long long before = store.count(store.sku(309));
        auto watcher = rig().session(shop);
        auto holder = rig().session(shop);
        long long connection = 0;
        const auto cut_while_waiting = [&] {
            auto reply = std::async(std::launch::async, [&] {
                return store.call("invupdate", {{"update", store.sku(309) + "~-1"}});
            });
            // The one that was cut before may have its caller's end behind it, and not yet its own.
            const std::string others = "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'"
                                       " AND ID <> " + std::to_string(connection);
            REQUIRE(wait_until([&] {
                const auto rows = watcher.query(others);
                if (!rows.empty()) connection = std::stoll(rows[0][0]);
                return !rows.empty();
            }));
            watcher.query("KILL " + std::to_string(connection));
            return reply.get().body;
        };
        holder.query(
            "LOCK TABLES xcart_products READ, xcart_variants READ");  // readers pass, the UPDATE waits
        CHECK(cut_while_waiting() == "SETIError: outcome unknown");
        holder.query("LOCK TABLES xcart_products WRITE");  // not even the search begins
        CHECK(cut_while_waiting() == "SETIError: busy, nothing changed");
        holder.query("UNLOCK TABLES");
        CHECK(store.count(store.sku(309)) == before);
    }

    TEST_CASE("a MyISAM table that is damaged refuses changes and asks for repair") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_myisam;
        auto session = rig().session(shop);
        session.query(
            "CREATE TABLE kept LIKE xcart_variants; INSERT INTO kept SELECT * FROM xcart_variants; FLUSH "
            "TABLES");
        const auto index = rig().data_folder(shop) / "xcart_variants.MYI";
        std::filesystem::resize_file(index, 40);
        session.query("FLUSH TABLES");
        const auto words = of(shop).announcement();
        const auto heard = rig().call(shop, "invupdate", {{"update", "P-0310~-1"}});
        session.query("DROP TABLE IF EXISTS xcart_variants; RENAME TABLE kept TO xcart_variants");
        CHECK(words.at("engine") == "myisam");
        CHECK(words.at("problem") == "repair_tables");
        CHECK(heard.status == 200);
        CHECK(heard.body == "SETIError: busy, nothing changed");
        CHECK(rig().call(shop, "invupdate", {{"update", "V-1810-A~-1"}}).body.starts_with("SETIResponse=OK"));
    }

    TEST_CASE("a practice store that is written to for too long is busy, and nothing was changed") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore practice{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(practice);
        const auto id = store.store_id();
        const long long before = practice.count("SKU-0001");
        const auto key = fresh_key();
        const Fields fields{
            {"update", "SKU-0001~-1"}, {"postid", key}, {"agent", our_agent}, {"number", "1"}, {"store", id}};
        practice.database().query("BEGIN IMMEDIATE");
        const auto busy = practice.call("invupdate", fields);
        practice.database().query("ROLLBACK");
        CHECK(busy.status == 200);
        CHECK(busy.body == "SETIError: busy, nothing changed");
        CHECK(practice.count("SKU-0001") == before);
        CHECK(practice.call("invrepeat", fields).body.starts_with("SETIResponse=OK"));
    }

    TEST_CASE("a store that was stopped comes back on its port with everything it knew") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore practice{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(practice);
        const auto key = fresh_key();
        const auto first = store.post("SKU-0001", -1, key).body;
        practice.stop();
        CHECK(practice.call("sendversion").code == CURLE_COULDNT_CONNECT);
        practice.start();
        CHECK(store.post("SKU-0001", -1, key, "invrepeat").body == first);
    }
}
