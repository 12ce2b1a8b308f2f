// How hosts set up their servers: defaults, rights, logs and character sets that a shop never chose.
#include "tests/integration/connector_fixture.h"
#include "tests/support/free_port.h"

#include <future>
#include <thread>

using namespace stocktray::tests;

namespace {

std::string settings(const std::string& database, const std::string& user = "root", const std::string& password = "") {
    return "'kind' => 'classic', 'database' => array('user' => '" + user + "', 'password' => '" + password + "', 'name' => '" +
           database + "', 'socket' => '" + rig().socket().string() + "')";
}

// A Classic shop of a test's own, with the connector beside it.
StoreUnderTest shop_of_its_own(const std::string& database, const std::string& sql) {
    rig().session(Shop::classic_innodb).query("CREATE DATABASE " + database + "; USE " + database + "; " + sql);
    StoreUnderTest store;
    store.name = database;
    const auto url = rig().install(database, settings(database));
    store.call = [url](const std::string& function, const Fields& fields) { return rig().call_url(url, function, fields); };
    return store;
}

std::string update(const StoreUnderTest& store, const std::string& sku, const std::string& delta) {
    return store.call("invupdate", {{"update", sku + "~" + delta}}).body;
}

std::string piece(const std::string& sku, int delta, const std::string& key) {
    return sku + "~" + std::to_string(delta) + "~" + fresh_number() + "~" + key;
}

template <typename Undo>
class AtEnd {
public:
    explicit AtEnd(Undo undo) : undo_{std::move(undo)} {}
    ~AtEnd() { undo_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

private:
    Undo undo_;
};

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("a server that by itself commits nothing loses no change and no key table") {
        STOCKTRAY_NEEDS_RIG();
        const auto mixed = shop_of_its_own(
            "uncommitted", "CREATE TABLE xcart_products LIKE classic_innodb.xcart_products;"
                           "CREATE TABLE xcart_variants LIKE classic_myisam.xcart_variants;"
                           "INSERT INTO xcart_products (productcode, avail) VALUES ('ONE', 5)");
        const auto keyed = shop_of_its_own("uncommitted_keys", "CREATE TABLE xcart_products LIKE classic_innodb.xcart_products;"
                                                               "CREATE TABLE xcart_config LIKE classic_innodb.xcart_config;"
                                                               "INSERT INTO xcart_products (productcode, avail) VALUES ('ONE', 5)");
        auto session = rig().session(Shop::classic_innodb);
        session.query("SET GLOBAL autocommit = 0");
        const AtEnd commit_again{[&] { session.query("SET GLOBAL autocommit = 1"); }};
        CHECK(update(mixed, "ONE", "-1") == "SETIResponse=OK;SKU=ONE;QOH=4;NOTE=");
        CHECK(session.number("SELECT avail FROM uncommitted.xcart_products") == 4);
        const auto first = keyed.announcement();
        REQUIRE(first.contains("store"));
        CHECK(keyed.announcement().at("store") == first.at("store"));
        CHECK(first.at("caps").starts_with("postid,batch"));
        const auto key = fresh_key();
        CHECK(field(keyed.post("ONE", -2, key).body, "QOH") == "3");
        CHECK(field(keyed.post("ONE", -2, key, "invrepeat").body, "QOH") == "3");
        CHECK(session.number("SELECT avail FROM uncommitted_keys.xcart_products") == 3);
        CHECK(keyed.call("downloadqoh", {{"startnum", "1"}, {"batchsize", "5"}}).body.find("<Code>ONE</Code>") != std::string::npos);
    }

    TEST_CASE("a SKU that the column's character set cannot hold is not found, and no other waits for it") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = shop_of_its_own(
            "latin", "CREATE TABLE xcart_products (productid int PRIMARY KEY AUTO_INCREMENT, productcode varchar(32) NOT NULL,"
                     " avail int NOT NULL, UNIQUE KEY (productcode)) ENGINE=InnoDB DEFAULT CHARSET latin1;"
                     "CREATE TABLE xcart_variants (variantid int PRIMARY KEY AUTO_INCREMENT, productid int NOT NULL, productcode"
                     " varchar(32) NOT NULL, avail int NOT NULL, UNIQUE KEY (productcode)) ENGINE=InnoDB DEFAULT CHARSET utf8;"
                     "INSERT INTO xcart_products (productcode, avail) VALUES ('ONE', 5), ('Größe-€', 6), ('B?', 7);"
                     "INSERT INTO xcart_variants (productid, productcode, avail) VALUES (1, '青-1', 8)");
        CHECK(update(store, "青-2", "-1") == "SETIResponse=False;SKU=青-2;QOH=NF;NOTE=NotFound");
        CHECK(update(store, "Bł", "-1") == "SETIResponse=False;SKU=Bł;QOH=NF;NOTE=NotFound");  // not "B?"
        CHECK(update(store, "Größe-€", "-1") == "SETIResponse=OK;SKU=Größe-€;QOH=5;NOTE=");
        CHECK(update(store, "青-1", "-1") == "SETIResponse=OK;SKU=青-1;QOH=7;NOTE=");
        const auto asked = lines(store.call("qohquery", {{"update", "青-2|B?|Größe-€|青-1|ł"}, {"count", "5"}}).body);
        CHECK(asked == std::vector<std::string>{"SETIResponse", "青-2=NF", "B?=7", "Größe-€=5", "青-1=7", "ł=NF", "SETIEndOfData"});
        const std::array keys{fresh_key(), fresh_key()};
        const auto id = store.store_id();
        const auto batch = store.call("invbatch", {{"update", piece("青-2", -1, keys[0]) + "|" + piece("B?", -1, keys[1])},
                                                   {"count", "2"}, {"agent", our_agent}, {"store", id}});
        CHECK(lines(batch.body) == std::vector<std::string>{"SETIResponse", keys[0] + "=NF;QOH=NF;NOTE=NotFound",
                                                            keys[1] + "=OK;QOH=6;NOTE=", "SETIEndOfData"});
        CHECK(lines(store.call("qohreplace", {{"update", "ł~1|B?~9"}}).body) ==
              std::vector<std::string>{"SETIResponse", "ł=NF", "B?=OK", "SETIEndOfData"});
    }

    TEST_CASE("under a log of statements changes are made, remembered once, and counted by what is there") {
        STOCKTRAY_NEEDS_RIG();
        rig().stop_database();
        rig().start_database({"--log-bin=statements", "--binlog-format=STATEMENT"});
        const AtEnd log_no_more{[] {
            rig().stop_database();
            rig().start_database();
        }};
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const auto sku = store.sku(340);
            const long long before = store.count(sku);
            const auto key = fresh_key();
            const auto first = store.post(sku, -1, key).body;
            CHECK(field(first, "QOH") == std::to_string(before - 1));
            CHECK(store.post(sku, -1, key, "invrepeat").body == first);
            CHECK(store.call("invupdate", {{"update", sku + "~-1"}}).body.starts_with("SETIResponse=OK"));
            CHECK(store.count(sku) == before - 2);
            const std::array keys{fresh_key(), fresh_key()};
            const Fields batch{{"update", piece(sku, -1, keys[0]) + "|" + piece(store.sku(341), 1, keys[1])},
                               {"count", "2"}, {"agent", our_agent}, {"store", store.store_id()}};
            const auto answer = store.call("invbatch", batch).body;
            CHECK(lines(answer).at(1) == keys[0] + "=OK;QOH=" + std::to_string(before - 3) + ";NOTE=");
            CHECK(store.call("invbatch", batch).body == answer);
            CHECK(store.count(sku) == before - 3);
            CHECK(lines(store.call("qohreplace", {{"update", store.sku(342) + "~77"}}).body).at(1) == store.sku(342) + "=OK");

            // One key at once from everywhere, singly and in batches; and many keys for one SKU.
            const auto contested = fresh_key();
            const auto id = store.store_id();
            const std::string pieces = piece(store.sku(343), -4, contested) + "|" + piece(store.sku(344), 1, fresh_key());
            const long long contested_before = store.count(store.sku(343));
            std::vector<std::future<std::string>> senders;
            for (int i = 0; i < 6; ++i)
                senders.push_back(std::async(std::launch::async, [&, i] {
                    return i % 2 == 0 ? field(store.post(store.sku(343), -4, contested).body, "QOH")
                                      : field(lines(store.call("invbatch", {{"update", pieces}, {"agent", our_agent}, {"store", id}}).body).at(1), "QOH");
                }));
            for (auto& sender : senders) CHECK(sender.get() == std::to_string(contested_before - 4));
            CHECK(store.count(store.sku(343)) == contested_before - 4);
            const long long many_before = store.count(store.sku(345));
            std::vector<std::future<int>> many;
            for (int sender = 0; sender < 4; ++sender)
                many.push_back(std::async(std::launch::async, [&] {
                    int applied = 0;
                    for (int i = 0; i < 5; ++i)
                        applied += store.post(store.sku(345), 1, fresh_key()).body.starts_with("SETIResponse=OK") ? 1 : 0;
                    return applied;
                }));
            int applied = 0;
            for (auto& sender : many) applied += sender.get();
            CHECK(applied == 20);
            CHECK(store.count(store.sku(345)) == many_before + 20);
        }

        auto watcher = rig().session(Shop::xcart5);
        const auto heard_behind_a_sale = [&](Shop shop, const std::string& sku, const std::string& sale) {
            const auto store = of(shop);
            const auto id = store.store_id();
            auto shop_order = rig().session(shop);
            shop_order.query("START TRANSACTION; " + sale);
            auto reply = std::async(std::launch::async, [&] {
                return store.call("invupdate", {{"update", sku + "~-3"}, {"postid", fresh_key()}, {"agent", our_agent},
                                                {"number", fresh_number()}, {"store", id}}).body;
            });
            constexpr std::chrono::milliseconds list_age{130};  // a younger list of transactions is given out again
            std::this_thread::sleep_for(list_age);
            REQUIRE(wait_until([&] {
                return watcher.number("SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'") > 0;
            }, std::chrono::seconds{30}, list_age));
            shop_order.query("COMMIT");
            return reply.get();
        };
        // A count that stays as it is writes no row: a plain read would still show the moment before the wait.
        rig().set_count(Shop::xcart5, "V-1820-A", 6);
        const auto clamped = heard_behind_a_sale(Shop::xcart5, "V-1820-A", "UPDATE xc_product_variants SET amount = 0 WHERE sku = 'V-1820-A'");
        CHECK(field(clamped, "QOH") == "0");
        CHECK(field(clamped, "NOTE") == "clamped,0");
        // Newer servers refuse to lock what has changed since the first plain read; another attempt begins with another.
        if (watcher.query("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'").empty()) return;
        watcher.query("SET GLOBAL innodb_snapshot_isolation = ON");
        const auto again = heard_behind_a_sale(Shop::classic_innodb, "P-0350", "UPDATE xcart_products SET avail = 0 WHERE productcode = 'P-0350'");
        CHECK(field(again, "QOH") == "-3");
    }

    TEST_CASE("a PHP whose host has switched functions off serves the same answers") {
        STOCKTRAY_NEEDS_RIG();
        const auto extensions = run({{"php", "-r", "echo PHP_EXTENSION_DIR;"}, {}, {}}).output;
        std::optional<Process> server;
        std::string url;
        REQUIRE(wait_until([&] {
            if (!server.has_value() || !server->is_running()) {
                const auto address = "127.0.0.1:" + std::to_string(free_port());
                url = "http://" + address + "/stocktray.php";
                server.emplace(Command{{"php", "-n", "-d", "extension_dir=" + extensions, "-d", "extension=mysqlnd.so", "-d",
                                        "extension=mysqli.so", "-d",
                                        "disable_functions=set_time_limit,ini_set,ini_get,ignore_user_abort,getenv", "-d",
                                        "max_execution_time=30", "-S", address, "-t", rig().folder(Shop::xcart5).string()},
                                       {},
                                       {}});
            }
            return rig().call_url(url, "sendversion").status == 200;
        }));
        auto store = of(Shop::xcart5);
        const auto by_all = store.announcement();
        store.call = [url](const std::string& function, const Fields& fields) { return rig().call_url(url, function, fields); };
        CHECK(store.announcement() == by_all);
        const auto key = fresh_key();
        const auto first = store.post("P-0346", -1, key).body;
        CHECK(first.starts_with("SETIResponse=OK"));
        CHECK(of(Shop::xcart5).post("P-0346", -1, key, "invrepeat").body == first);
    }

    TEST_CASE("tables that a person has made serve a database user who may not create any") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::classic_innodb);
        session.query("CREATE DATABASE by_hand; USE by_hand; CREATE TABLE xcart_products LIKE classic_innodb.xcart_products;"
                      "INSERT INTO xcart_products (productcode, avail) VALUES ('ONE', 5);"
                      "CREATE USER hand@localhost IDENTIFIED BY 'h'; GRANT SELECT, UPDATE (avail) ON by_hand.xcart_products TO hand@localhost");
        StoreUnderTest store;
        const auto url = rig().install("by_hand", settings("by_hand", "hand", "h"));
        store.call = [url](const std::string& function, const Fields& fields) { return rig().call_url(url, function, fields); };
        CHECK(store.announcement().at("problem") == "tables_missing");
        const auto checked = run({{"php", (rig().web_root() / "by_hand/stocktray.php").string(), "check"}, {}, {}});
        int tables = 0;
        for (const std::string& line : lines(checked.output)) {
            if (!line.starts_with("  CREATE TABLE ")) continue;
            session.query(line.substr(0, line.size() - 1));
            ++tables;
        }
        REQUIRE(tables == 2);
        session.query("GRANT SELECT, INSERT, UPDATE, DELETE ON by_hand.xcart_stocktray_keys TO hand@localhost;"
                      "GRANT SELECT, INSERT, UPDATE, DELETE ON by_hand.xcart_stocktray_meta TO hand@localhost");
        const auto words = store.announcement();
        REQUIRE(words.contains("store"));
        CHECK(words.at("caps").starts_with("postid,batch"));
        CHECK_FALSE(words.contains("problem"));
        CHECK(store.announcement().at("store") == words.at("store"));
        const auto key = fresh_key();
        CHECK(field(store.post("ONE", -2, key).body, "QOH") == "3");
        CHECK(field(store.post("ONE", -2, key, "invrepeat").body, "QOH") == "3");
    }

    TEST_CASE("a SKU may begin as XML does") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = shop_of_its_own("angle", "CREATE TABLE xcart_products LIKE classic_innodb.xcart_products;"
                                                    "INSERT INTO xcart_products (productcode, avail) VALUES ('<1/2>', 5), ('<', 6)");
        CHECK(update(store, "<1/2>", "-1") == "SETIResponse=OK;SKU=<1/2>;QOH=4;NOTE=");
        CHECK(lines(store.call("qohreplace", {{"update", "<~9|<1/2>~8"}}).body) ==
              std::vector<std::string>{"SETIResponse", "<=OK", "<1/2>=OK", "SETIEndOfData"});
        CHECK(store.call("invupdate", {{"update", "\n<?xml version=\"1.0\"?>\n<SETIProducts><Product><SKU>&lt;</SKU><QOH>1</QOH></Product></SETIProducts>"}})
                  .body == "SETIResponse=OK;SKU=<;QOH=10;NOTE=");
    }

    TEST_CASE("a count that would leave its range is refused for its piece alone, and its key is not spent") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            auto store = of(shop);
            CAPTURE(store.name);
            const auto full = store.sku(347);
            const auto other = store.sku(348);
            store.set_count(full, 1'999'999'999);
            const long long before = store.count(other);
            const std::array keys{fresh_key(), fresh_key()};
            const std::string words = "NotTracking (the count would be out of range)";
            const auto batch = store.call("invbatch", {{"update", piece(full, 5, keys[0]) + "|" + piece(other, -1, keys[1])},
                                                       {"count", "2"}, {"agent", our_agent}, {"store", store.store_id()}});
            CHECK(lines(batch.body) == std::vector<std::string>{"SETIResponse", keys[0] + "=NA;QOH=NA;NOTE=" + words,
                                                                keys[1] + "=OK;QOH=" + std::to_string(before - 1) + ";NOTE=",
                                                                "SETIEndOfData"});
            const auto single = store.post(full, 5, keys[0], "invrepeat").body;
            CHECK(single.starts_with("SETIResponse=False;SKU=" + full + ";QOH=NA;POSTID=" + keys[0]));
            CHECK(field(single, "NOTE") == words);
            CHECK(store.count(full) == 1'999'999'999);
            store.set_count(full, 10);
            CHECK(field(store.post(full, 5, keys[0], "invrepeat").body, "QOH") == "15");
        }
        CHECK(rig().call(Shop::classic_myisam, "invupdate", {{"update", "P-0347~2000000000"}}).body ==
              "SETIResponse=False;SKU=P-0347;QOH=NA;NOTE=NotTracking (the count would be out of range)");
    }

    TEST_CASE("two spellings of one SKU, however far apart in a long list, make nothing ambiguous") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            std::string skus = "P-0349";
            std::string counts = "P-0349~33";
            for (int i = 0; i < 260; ++i) {
                skus += "|NONE-" + std::to_string(i);
                counts += "|NONE-" + std::to_string(i) + "~1";
            }
            const auto asked = store.call("qohquery", {{"update", skus + "|p-0349"}}).body;
            CHECK(lines(asked).at(1) == "P-0349=" + std::to_string(store.count("P-0349")));
            CHECK(lines(asked).at(262) == "p-0349=NF");
            const auto replaced = store.call("qohreplace", {{"update", counts + "|p-0349~44"}}).body;
            CHECK(lines(replaced).at(1) == "P-0349=OK");
            CHECK(lines(replaced).at(262) == "p-0349=NF");
            CHECK(store.count("P-0349") == 33);
        }
    }
}
