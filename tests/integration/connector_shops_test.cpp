// X-Cart's own ways: generations, engines, SKUs, and what hangs on a count.
#include "tests/integration/connector_fixture.h"
#include "tests/support/free_port.h"

#include <fstream>
#include <future>

using namespace stocktray::tests;

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
}

std::string update(Shop shop, const std::string& sku, const std::string& delta) {
    return rig().call(shop, "invupdate", {{"update", sku + "~" + delta}}).body;
}

std::string by_xml(Shop shop, const std::string& sku, const std::string& delta) {
    const auto payload =
        "<SETIProducts><Product><SKU>" + sku + "</SKU><QOH>" + delta + "</QOH></Product></SETIProducts>";
    return rig().call(shop, "invupdate", {{"update", payload}}).body;
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("shops whose tables have transactions announce keys, batches and moves") {
        STOCKTRAY_NEEDS_RIG();
        const auto classic = of(Shop::classic_innodb).announcement();
        CHECK(classic.at("engine") == "innodb");
        CHECK(classic.at("caps") == "postid,batch,qohquery,cursor,moves");
        const auto five = of(Shop::xcart5).announcement();
        CHECK(five.at("engine") == "innodb");
        CHECK(five.at("caps") == "postid,batch,qohquery,cursor,moves,clamps");
    }

    TEST_CASE("MyISAM announces no keys and says which engine it is") {
        STOCKTRAY_NEEDS_RIG();
        const auto words = of(Shop::classic_myisam).announcement();
        CHECK(words.at("engine") == "myisam");
        CHECK(words.at("caps") == "qohquery,cursor");
        CHECK_FALSE(words.contains("problem"));
    }

    TEST_CASE("`check` offers the conversion of MyISAM tables and performs nothing") {
        STOCKTRAY_NEEDS_RIG();
        const auto script = (rig().folder(Shop::classic_myisam) / "stocktray.php").string();
        const auto checked = run({{"php", script, "check"}, {}, {}});
        CHECK(checked.exit_code == 0);
        CHECK(checked.output.find("ALTER TABLE `xcart_products` ENGINE=InnoDB;") != std::string::npos);
        CHECK(checked.output.find("ALTER TABLE `xcart_variants` ENGINE=InnoDB;") != std::string::npos);
        CHECK(of(Shop::classic_myisam).announcement().at("engine") == "myisam");
    }

    // Applied without its key, it would be applied again once the tables can remember and the key is repeated.
    TEST_CASE("MyISAM takes no keyed difference, first or repeated, and one without a key") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::classic_myisam);
        const long long before = store.count("P-0201");
        const auto key = fresh_key();
        CHECK(store.post("P-0201", -2, key).body == "SETIError: Function \"invupdate\" was not found");
        CHECK(store.post("P-0201", -2, key, "invrepeat").body ==
              "SETIError: Function \"invrepeat\" was not found");
        CHECK(store.call("invbatch", {{"update", "P-0201~1~1~" + key}}).body ==
              "SETIError: Function \"invbatch\" was not found");
        CHECK(store.call("salesquery", {{"update", "P-0201"}}).body ==
              "SETIError: Function \"salesquery\" was not found");
        CHECK(store.count("P-0201") == before);
        CHECK(update(Shop::classic_myisam, "P-0201", "-2") ==
              "SETIResponse=OK;SKU=P-0201;QOH=" + std::to_string(before - 2) + ";NOTE=");
    }

    TEST_CASE("a keyed difference sent while tables could not remember is applied once when they can again") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::classic_innodb);
        const long long before = store.count("P-0213");
        const auto key = fresh_key();
        auto session = rig().session(Shop::classic_innodb);
        session.query("ALTER TABLE xcart_products ENGINE=MyISAM");
        const auto meanwhile = store.post("P-0213", -2, key).body;
        session.query("ALTER TABLE xcart_products ENGINE=InnoDB");
        CHECK(meanwhile == "SETIError: Function \"invupdate\" was not found");
        CHECK(field(store.post("P-0213", -2, key, "invrepeat").body, "QOH") == std::to_string(before - 2));
        CHECK(store.count("P-0213") == before - 2);
    }

    TEST_CASE("one table that was not converted is enough to promise nothing") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::classic_innodb);
        session.query("ALTER TABLE xcart_variants ENGINE=MyISAM");
        const auto words = of(Shop::classic_innodb).announcement();
        session.query(
            "ALTER TABLE xcart_variants ENGINE=InnoDB; ALTER TABLE xcart_order_details ENGINE=MyISAM");
        const auto no_moves = of(Shop::classic_innodb).announcement();
        session.query("ALTER TABLE xcart_order_details ENGINE=InnoDB");
        session.query("ALTER TABLE xcart_stocktray_keys ENGINE=MyISAM");
        const auto no_keys = of(Shop::classic_innodb).announcement();
        session.query("ALTER TABLE xcart_stocktray_keys ENGINE=InnoDB");
        CHECK(no_keys.at("caps") == "qohquery,cursor,moves");
        CHECK(no_keys.at("problem") == "keys_engine");
        CHECK(words.at("engine") == "myisam");
        CHECK(words.at("caps").find("postid") == std::string::npos);
        CHECK(no_moves.at("caps") == "postid,batch,qohquery,cursor");
    }

    TEST_CASE("counts of both generations, with variants, come page by page and by cursor") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const auto total = std::stoul(store.call("getproductscount", {})
                                              .body.substr(std::string{"SETIResponse: itemcount="}.size()));
            CHECK(total == 2411);
            std::map<std::string, int> seen;
            const auto collect = [&](const std::string& body) {
                std::size_t found = 0;
                const std::string open = "<WebID>";
                for (std::size_t at = body.find(open); at != std::string::npos;
                     at = body.find(open, at + 1), ++found) {
                    ++seen[body.substr(at + open.size(), body.find('<', at + 1) - at - open.size())];
                }
                return found;
            };
            for (std::size_t start = 1;
                 collect(
                     store.call("downloadqoh", {{"startnum", std::to_string(start)}, {"batchsize", "700"}})
                         .body) > 0;
                 start += 700) {
                REQUIRE(start < 5000);
            }
            CHECK(seen.size() == total);
            for (const auto& [id, times] : seen) {
                CAPTURE(id);
                CHECK(times == 1);
            }
            seen.clear();
            std::string after;
            do {
                const auto body = store.call("downloadqoh", {{"after", after}, {"batchsize", "999"}}).body;
                collect(body);
                const auto at = body.find("<Next>") + 6;
                after = body.substr(at, body.find('<', at) - at);
            } while (!after.empty());
            CHECK(seen.size() == total);
            const auto names = store.call("downloadprods", {{"startnum", "7"}, {"batchsize", "1"}}).body;
            CHECK(names.find("<Code>P-0007</Code><WebID>p7</WebID><Name>Product 7</Name><QOH>" +
                             std::to_string(store.count("P-0007"))) != std::string::npos);
        }
    }

    TEST_CASE("a SKU names an item only byte by byte; what the database calls equal is a near miss") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            const auto store = of(shop);
            CHECK(update(shop, "mixed-1", "-1") ==
                  "SETIResponse=False;SKU=mixed-1;QOH=NF;NOTE=NotFound (the store has \"MiXed-1\")");
            CHECK(update(shop, "MiXed-1", "-1").starts_with("SETIResponse=OK;SKU=MiXed-1;"));
            CHECK(update(shop, "BLANK-1", "-1") ==
                  "SETIResponse=False;SKU=BLANK-1;QOH=NF;NOTE=NotFound (the store has \"BLANK-1 \")");
            CHECK(by_xml(shop, "BLANK-1 ", "-1").starts_with("SETIResponse=OK;SKU=BLANK-1 ;"));
            CHECK(by_xml(shop, "P-0202 ", "-1").starts_with("SETIResponse=False;SKU=P-0202 ;QOH=NF;"));
            CHECK(update(shop, "Größe-1", "-1").starts_with("SETIResponse=OK;SKU=Größe-1;"));
            CHECK(update(shop, "Grösse-1", "-1").starts_with("SETIResponse=False;SKU=Grösse-1;QOH=NF;"));
            CHECK(update(shop, "12345", "-1").starts_with("SETIResponse=OK;SKU=12345;"));
            CHECK(update(shop, "012345", "-1").starts_with("SETIResponse=False;SKU=012345;QOH=NF;"));
            CHECK(store.count("MiXed-1") == 49);
            CHECK(store.count("BLANK-1 ") == 49);
        }
    }

    TEST_CASE("a SKU of digits never matches more than its own row") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            const long long other = rig().count(shop, "P-0203");
            CHECK(update(shop, "0", "-1").starts_with("SETIResponse=OK;SKU=0;"));
            CHECK(rig().count(shop, "P-0203") == other);
            CHECK(rig().count(shop, "0") == 49);
        }
    }

    TEST_CASE("characters and lengths that no column can hold are simply not found") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            CHECK(update(shop, "P-0204-and-much-more-than-any-column-holds", "-1")
                      .ends_with("NOTE=NotFound (longer than 32 characters)"));
            CHECK(update(shop, "\xf0\x9f\x8e\x81", "-1").find("QOH=NF") != std::string::npos);
        }
    }

    TEST_CASE("two rows with one SKU are ambiguous and stay as they are") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            for (const char* sku : {"DUP-1", "BOTH-1"}) {
                CHECK(update(shop, sku, "-1") ==
                      "SETIResponse=False;SKU=" + std::string{sku} + ";QOH=NA;NOTE=ambiguous");
                CHECK(rig().count(shop, sku) == 50);
            }
            const auto body = rig().call(shop, "qohquery", {{"update", "DUP-1|P-0205"}}).body;
            CHECK(lines(body).at(1) == "DUP-1=AMBIGUOUS");
            CHECK(lines(rig().call(shop, "qohreplace", {{"update", "BOTH-1~7"}}).body).at(1) ==
                  "BOTH-1=AMBIGUOUS");
        }
    }

    TEST_CASE("what the shop does not track is told with its reason") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : {Shop::classic_myisam, Shop::classic_innodb}) {
            CHECK(update(shop, "KIT-1", "-1").ends_with("QOH=NA;NOTE=NotTracking (configurable product)"));
            CHECK(update(shop, "FILE-1", "-1").ends_with("QOH=NA;NOTE=NotTracking (downloadable product)"));
            CHECK(update(shop, "P-1805", "-1").ends_with("QOH=NA;NOTE=NotTracking (its variants are sold)"));
        }
        CHECK(update(Shop::xcart5, "OFF-1", "-1").ends_with("QOH=NA;NOTE=NotTracking (tracking is off)"));
        CHECK(update(Shop::xcart5, "SHARED-1", "-1")
                  .ends_with("QOH=NA;NOTE=NotTracking (shares stock with P-1802)"));
        CHECK(update(Shop::xcart5, "P-1805", "-1").starts_with("SETIResponse=OK;"));
    }

    TEST_CASE("a Classic shop with unlimited stock tracks nothing") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::classic_innodb);
        session.query("UPDATE xcart_config SET value = 'Y' WHERE name = 'unlimited_products'");
        const auto product = update(Shop::classic_innodb, "P-0206", "-1");
        const auto variant = update(Shop::classic_innodb, "V-1806-A", "-1");
        session.query("UPDATE xcart_config SET value = 'N' WHERE name = 'unlimited_products'");
        CHECK(product.ends_with("NOTE=NotTracking (stock is unlimited)"));
        CHECK(variant.ends_with("NOTE=NotTracking (stock is unlimited)"));
    }

    TEST_CASE("a Classic variant's flag follows its count") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : {Shop::classic_myisam, Shop::classic_innodb}) {
            CAPTURE(name_of(shop));
            auto session = rig().session(shop);
            const auto flag = [&] {
                return session.query("SELECT is_variants FROM xcart_quick_flags WHERE productid = 1807")
                    .at(0)
                    .at(0);
            };
            rig().set_count(shop, "V-1807-A", 2);
            rig().set_count(shop, "V-1807-B", 0);
            REQUIRE(update(shop, "V-1807-A", "-2").starts_with("SETIResponse=OK;SKU=V-1807-A;QOH=0;"));
            CHECK(flag() == "E");
            REQUIRE(update(shop, "V-1807-B", "3").starts_with("SETIResponse=OK;SKU=V-1807-B;QOH=3;"));
            CHECK(flag() == "Y");
            REQUIRE(rig().call(shop, "qohreplace", {{"update", "V-1807-B~0"}}).body.find("V-1807-B=OK") !=
                    std::string::npos);
            CHECK(flag() == "E");
        }
    }

    TEST_CASE("a change in X-Cart 5 gives the product and its lists new version ids") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::xcart5);
        const auto versions = [&](const std::string& product) {
            auto rows = session.query("SELECT entityVersion FROM xc_products WHERE product_id = " + product +
                                      "; SELECT version FROM xc_entity_type_versions ORDER BY id");
            return rows;
        };
        auto before = versions("208");
        REQUIRE(update(Shop::xcart5, "P-0208", "-1").starts_with("SETIResponse=OK"));
        auto after = versions("208");
        CHECK(after.at(0) != before.at(0));
        CHECK(after.at(0).at(0).size() == 36);
        CHECK(after.at(1) != before.at(1));
        CHECK(after.at(2) == before.at(2));
        before = versions("1808");
        REQUIRE(update(Shop::xcart5, "V-1808-A", "-1").starts_with("SETIResponse=OK"));
        after = versions("1808");
        CHECK(after.at(0) != before.at(0));
        CHECK(after.at(2) != before.at(2));
        CHECK(session.number(
                  "SELECT updateDate > UNIX_TIMESTAMP() - 100 FROM xc_products WHERE product_id = 1808") ==
              1);
    }

    TEST_CASE("Classic sales and our differences never lose one another, whatever the engine") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : {Shop::classic_myisam, Shop::classic_innodb}) {
            CAPTURE(name_of(shop));
            rig().set_count(shop, "P-0209", 1000);
            std::vector<std::future<int>> senders;
            for (int sender = 0; sender < 3; ++sender) {
                senders.push_back(std::async(std::launch::async, [shop] {
                    int applied = 0;
                    for (int i = 0; i < 15; ++i) {
                        applied += update(shop, "P-0209", "-1").starts_with("SETIResponse=OK") ? 1 : 0;
                    }
                    return applied;
                }));
            }
            for (int i = 0; i < 15; ++i) {
                rig().sell(shop, "P-0209", 2);
            }
            int applied = 0;
            for (auto& sender : senders) {
                applied += sender.get();
            }
            CHECK(applied == 45);
            CHECK(rig().count(shop, "P-0209") == 1000 - 45 - 30);
        }
    }

    // No SQL of ours can prevent it: the shop writes back a number that it read before. The rig must show it,
    // or every test above this room would be kinder than the world.
    TEST_CASE("a difference between X-Cart 5's read and its write is lost by the shop") {
        STOCKTRAY_NEEDS_RIG();
        rig().set_count(Shop::xcart5, "P-0210", 50);
        const auto sale = rig().begin_xcart5_sale("P-0210", 3);
        REQUIRE(field(update(Shop::xcart5, "P-0210", "-10"), "QOH") == "40");
        const auto order = rig().finish_xcart5_sale(sale);
        CHECK(rig().count(Shop::xcart5, "P-0210") == 47);
        const auto moves = rig()
                               .call(Shop::xcart5, "salesquery",
                                     {{"update", "P-0210"}, {"lastorder", std::to_string(order - 1)}})
                               .body;
        CHECK(lines(moves).at(1).starts_with("P-0210=47;ORDERS=" + std::to_string(order) + ":3;"));
    }

    TEST_CASE("X-Cart 5.5 is recognised by its .env, from the folder public") {
        STOCKTRAY_NEEDS_RIG();
        const auto url = rig().install("shop55/public", "");
        const auto dir = rig().web_root() / "shop55";
        write(
            dir / ".env",
            "# settings\nDATABASE_URL=mysql://root:@localhost:3306/wrong\nDATABASE_DEFAULT_TABLE_PREFIX=xc_\n"
            "DATABASE_UNIX_SOCKET='" +
                rig().socket().string() + "'\n");
        write(dir / ".env.local",
              "NAME=xcart5\nexport DATABASE_URL=\"mysql://root:@localhost/${NAME}?charset=utf8mb4\"\n");
        CHECK(rig().call_url(url, "getproductscount").body ==
              rig().call(Shop::xcart5, "getproductscount").body);
        CHECK(rig()
                  .call_url("http" + url.substr(4, url.rfind('/') - 4) + "/stocktray-config.php", "x")
                  .status == 403);
    }

    TEST_CASE("Classic's own table prefix is read from its table map") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::classic_innodb);
        session.query(
            "CREATE DATABASE prefixed; CREATE TABLE prefixed.shop7_products (productid int PRIMARY KEY "
            "AUTO_INCREMENT,"
            " productcode varchar(32) NOT NULL, avail int NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;"
            "INSERT INTO prefixed.shop7_products VALUES (1, 'ONE', 5)");
        const auto url = rig().install("prefixed", "");
        const auto dir = rig().web_root() / "prefixed";
        write(dir / "config.php",
              "<?php\n$sql_host = \"localhost:" + rig().socket().string() +
                  "\";\n$sql_db = \"prefixed\";\n$sql_user = \"root\";\n$sql_password = \"\";\n");
        write(dir / "init.php", "<?php\n$sql_tbl = array(\n  'products' => 'shop7_products',\n);\n");
        CHECK(rig().call_url(url, "invupdate", {{"update", "ONE~-1"}}).body ==
              "SETIResponse=OK;SKU=ONE;QOH=4;NOTE=");
        CHECK(rig()
                  .call_url(url, "sendversion", {{"stocktray", "1"}, {"agent", our_agent}})
                  .body.find("caps=postid,batch,qohquery,cursor") != std::string::npos);
        CHECK(session.number("SELECT COUNT(*) FROM prefixed.shop7_stocktray_keys") == 1);
    }

    TEST_CASE(
        "a database user who may not create tables gets everything but keys, and the announcement says why") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(Shop::classic_innodb);
        session.query(
            "CREATE DATABASE limited; CREATE TABLE limited.xcart_products LIKE classic_innodb.xcart_products;"
            "CREATE USER small@localhost IDENTIFIED BY 'p''w\\\\'; INSERT INTO limited.xcart_products "
            "(productcode, avail)"
            " VALUES ('ONE', 5); GRANT SELECT, UPDATE (avail) ON limited.xcart_products TO small@localhost");
        const auto url = rig().install(
            "limited",
            "'kind' => 'classic', 'database' => array('user' => 'small', 'password' => 'p\\'w\\\\',"
            " 'name' => 'limited', 'socket' => '" +
                rig().socket().string() + "')");
        const auto body = rig().call_url(url, "sendversion", {{"stocktray", "1"}, {"agent", our_agent}}).body;
        CHECK(body ==
              "SETIResponse: version=1.000\nStocktrayExt: "
              "1;engine=innodb;caps=qohquery,cursor;problem=tables_missing");
        CHECK(rig().call_url(url, "invupdate", {{"update", "ONE~-1"}}).body ==
              "SETIResponse=OK;SKU=ONE;QOH=4;NOTE=");
    }

    TEST_CASE("the rights that `check` prints are enough") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            const auto script = (rig().folder(shop) / "stocktray.php").string();
            const auto checked = run({{"php", script, "check"}, {}, {}});
            REQUIRE(checked.exit_code == 0);
            CHECK(checked.output.find("Engine of the stock tables: innodb") != std::string::npos);
            auto session = rig().session(shop);
            const std::string user = "granted_" + name_of(shop);
            session.query("CREATE USER " + user + "@localhost IDENTIFIED BY 'secret'");
            for (const std::string& line : lines(checked.output)) {
                if (line.starts_with("  GRANT ")) {
                    auto grant = line;
                    grant.replace(grant.find("'stocktray'"), std::string{"'stocktray'"}.size(), user);
                    session.query(grant.substr(0, grant.size() - 1));
                }
            }
            const auto url = rig().install(
                user, std::string{"'kind' => '"} + (shop == Shop::xcart5 ? "xcart5" : "classic") +
                          "', 'database' => array('user' => '" + user +
                          "', 'password' => 'secret', 'name' => '" + name_of(shop) + "', 'socket' => '" +
                          rig().socket().string() + "')");
            auto granted = of(shop);
            granted.call = [url](const std::string& function, const Fields& fields) {
                return rig().call_url(url, function, fields);
            };
            CHECK(granted.announcement().at("caps").starts_with("postid,batch,qohquery,cursor,moves"));
            CHECK(granted.post("P-0211", -1, fresh_key()).body.starts_with("SETIResponse=OK"));
            CHECK(granted.post("V-1811-A", -1, fresh_key()).body.starts_with("SETIResponse=OK"));
            CHECK(granted.call("salesquery", {{"update", "P-0211"}})
                      .body.starts_with("SETIResponse\r\nP-0211="));
            CHECK(granted.call("downloadprods", {{"batchsize", "2"}}).body.find("<Name>Product 1</Name>") !=
                  std::string::npos);
        }
    }

    TEST_CASE("TLS works with the store's authority and names what is wrong without it") {
        STOCKTRAY_NEEDS_RIG();
        const auto good = rig().call(Shop::xcart5, "getproductscount", {}, Door::tls);
        CHECK(good.status == 200);
        CHECK(good.http_version == doctest::Approx(2.0));
        FormPost post;
        post.url = rig().url(Shop::xcart5, Door::tls);
        post.fields = {{"setifunction", "sendversion"}};
        CHECK(send(post).code == CURLE_PEER_FAILED_VERIFICATION);
        post.ca_file = rig().ca_file();
        post.headers = {"Host: store.test"};
        CHECK(send(post).body == "SETIResponse: version=1.000");
        post.url = rig().url(Shop::xcart5);
        CHECK(send(post).body == "SETIError: https required");
    }

    TEST_CASE("a PHP with pdo_mysql and without mysqli serves the same answers") {
        STOCKTRAY_NEEDS_RIG();
        const auto extensions = run({{"php", "-r", "echo PHP_EXTENSION_DIR;"}, {}, {}}).output;
        std::optional<Process> server;
        std::string url;
        const bool is_ready = wait_until([&] {
            if (!server.has_value() || !server->is_running()) {
                const auto address = "127.0.0.1:" + std::to_string(free_port());
                url = "http://" + address + "/stocktray.php";
                server.emplace(
                    Command{{"php", "-n", "-d", "extension_dir=" + extensions, "-d", "extension=mysqlnd.so",
                             "-d", "extension=pdo.so", "-d", "extension=pdo_mysql.so", "-S", address, "-t",
                             rig().folder(Shop::xcart5).string()},
                            {},
                            {}});
            }
            return rig().call_url(url, "sendversion").status == 200;
        });
        REQUIRE(is_ready);
        auto store = of(Shop::xcart5);
        const auto by_mysqli = store.announcement();
        store.call = [url](const std::string& function, const Fields& fields) {
            return rig().call_url(url, function, fields);
        };
        CHECK(store.announcement() == by_mysqli);
        const auto key = fresh_key();
        const auto first = store.post("P-0212", -1, key).body;
        CHECK(first.starts_with("SETIResponse=OK"));
        CHECK(of(Shop::xcart5).post("P-0212", -1, key, "invrepeat").body == first);
        CHECK(store.post("P-0212", -1, key, "invrepeat").body == first);
        CHECK(store.post("P-0212", -2, key, "invrepeat").body == "SETIError: postid conflict");
        CHECK(store.call("downloadqoh", {{"startnum", "1"}, {"batchsize", "50"}}).body ==
              rig().call(Shop::xcart5, "downloadqoh", {{"startnum", "1"}, {"batchsize", "50"}}).body);
    }
}
