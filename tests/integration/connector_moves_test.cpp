// What the orders of a shop hold: the word `moves`.
#include "tests/integration/connector_fixture.h"

using namespace stocktray::tests;

namespace {

std::string sales(const StoreUnderTest& store, const std::string& sku, const std::string& lastorder,
                  const std::string& also = "") {
    const auto body =
        store.call("salesquery", {{"update", sku}, {"count", "1"}, {"lastorder", lastorder}, {"also", also}})
            .body;
    const auto words = lines(body);
    REQUIRE_MESSAGE(words.size() == 3, body);
    CHECK(words[0] == "SETIResponse");
    CHECK(words[2] == "SETIEndOfData");
    return words[1].substr(sku.size() + 1);
}

// Changes the state of an order the way the generation writes it.
void set_state(Shop shop, long long number, const std::string& classic, const std::string& payment,
               const std::string& stock) {
    auto session = rig().session(shop);
    const auto order = std::to_string(number);
    if (shop == Shop::xcart5) {
        session.query(
            "UPDATE xc_orders SET payment_status_id = (SELECT id FROM xc_order_payment_statuses WHERE code = "
            "'" +
            payment + "'), stockStatus = '" + stock +
            "', lastRenewDate = UNIX_TIMESTAMP() WHERE orderNumber = '" + order + "'");
        return;
    }
    session.query("UPDATE xcart_orders SET status = '" + classic + "' WHERE orderid = " + order +
                  "; INSERT INTO xcart_order_status_history (orderid, date_time) VALUES (" + order +
                  ", UNIX_TIMESTAMP())");
}

void make_old(Shop shop, long long number) {
    const auto order = std::to_string(number);
    rig().session(shop).query(
        shop == Shop::xcart5
            ? "UPDATE xc_orders SET date = date - 400000, lastRenewDate = lastRenewDate - 400000 WHERE "
              "orderNumber = '" +
                  order + "'"
            : "UPDATE xcart_orders SET date = date - 400000 WHERE orderid = " + order +
                  "; UPDATE xcart_order_status_history SET date_time = date_time - 400000 WHERE orderid = " +
                  order);
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("orders above a number and orders named are told with the pieces they hold") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore practice{{.products = 5, .floor = PracticeStore::Floor::zero}};
        const auto store = of(practice);
        const long long before = practice.count("SKU-0001");
        REQUIRE(practice.sell("SKU-0001", 2) == 1001);
        REQUIRE(practice.sell("SKU-0002", 1) == 1002);
        REQUIRE(practice.sell("SKU-0001", 3) == 1003);
        const auto count = std::to_string(before - 5);
        CHECK(sales(store, "SKU-0001", "All") == count + ";ORDERS=1001:2,1003:3;OPEN=0;BACK=0;TOP=1003");
        CHECK(sales(store, "SKU-0001", "1001") == count + ";ORDERS=1003:3;OPEN=0;BACK=0;TOP=1003");
        CHECK(sales(store, "SKU-0001", "1003", "1001,77") ==
              count + ";ORDERS=77:0,1001:2;OPEN=0;BACK=0;TOP=1003");
    }

    TEST_CASE("several SKUs are answered in one view of the database, unknown ones by a word") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore practice{{.products = 5, .floor = PracticeStore::Floor::zero}};
        practice.database().query("UPDATE items SET tracked = 0 WHERE id = 3; ");
        practice.database().query("INSERT INTO items (sku, name, qoh) VALUES ('SKU-0004', 'Twin', 1)");
        const auto body =
            practice.call("salesquery", {{"update", "GONE|SKU-0003|SKU-0004|SKU-0005"}, {"count", "4"}}).body;
        const auto words = lines(body);
        REQUIRE(words.size() == 6);
        CHECK(words[1] == "GONE=NF");
        CHECK(words[2] == "SKU-0003=NA");
        CHECK(words[3] == "SKU-0004=AMBIGUOUS");
        CHECK(words[4].find(";ORDERS=;OPEN=0;BACK=0;TOP=0") != std::string::npos);
    }

    TEST_CASE("unfinished and cancelled orders of the practice store are told apart") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore practice{{.products = 1, .floor = PracticeStore::Floor::zero}};
        const auto store = of(practice);
        REQUIRE(practice.sell("SKU-0001", 2) == 1001);
        REQUIRE(practice.sell("SKU-0001", 1) == 1002);
        practice.database().query("UPDATE orders SET state = 'open' WHERE number = 1001");
        practice.database().query("UPDATE orders SET state = 'cancelled' WHERE number = 1002");
        CHECK(sales(store, "SKU-0001", "0").ends_with(";ORDERS=1001:2,1002:0;OPEN=2;BACK=1;TOP=1002"));
        practice.database().query("UPDATE orders SET changed = changed - 200000 WHERE number = 1002");
        CHECK(sales(store, "SKU-0001", "0").ends_with(";OPEN=2;BACK=0;TOP=1002"));
        // However far the floor is above it: what it holds is no loss.
        CHECK(sales(store, "SKU-0001", "2000").ends_with(";ORDERS=1001:2;OPEN=2;BACK=0;TOP=1002"));
    }

    TEST_CASE(
        "a real shop's order holds until it is declined, and its pieces are then on their way back for two "
        "days") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            for (const std::string& sku : {store.sku(101), std::string{"V-1901-A"}}) {
                CAPTURE(sku);
                const long long before = store.count(sku);
                const long long order = rig().sell(shop, sku, 4);
                const auto number = std::to_string(order);
                const auto above = std::to_string(order - 1);
                CHECK(sales(store, sku, above) ==
                      std::to_string(before - 4) + ";ORDERS=" + number + ":4;OPEN=0;BACK=0;TOP=" + number);
                set_state(shop, order, "P", "P", "reduced");
                CHECK(sales(store, sku, number, number).find(";ORDERS=" + number + ":4;OPEN=0;BACK=0;") !=
                      std::string::npos);
                set_state(shop, order, "D", "D", "increased");
                CHECK(sales(store, sku, above).find(";ORDERS=" + number + ":0;OPEN=0;BACK=4;") !=
                      std::string::npos);
                make_old(shop, order);
                CHECK(sales(store, sku, above).find(";ORDERS=" + number + ":0;OPEN=0;BACK=0;") !=
                      std::string::npos);
            }
        }
    }

    TEST_CASE("pieces at a payment page are open") {
        STOCKTRAY_NEEDS_RIG();
        const auto classic = of(Shop::classic_innodb);
        const long long order = rig().sell(Shop::classic_innodb, classic.sku(102), 2);
        set_state(Shop::classic_innodb, order, "I", "", "");
        CHECK(sales(classic, classic.sku(102), std::to_string(order)).find(";ORDERS=" + std::to_string(order) + ":2;OPEN=2;BACK=0;") !=
              std::string::npos);
        // What older X-Payments begin with has taken nothing yet, and is no order to import.
        const auto before = classic.call("ordercount", {{"lastorder", std::to_string(order - 1)}}).body;
        set_state(Shop::classic_innodb, order, "X", "", "");
        CHECK(sales(classic, classic.sku(102), std::to_string(order - 1)).find(";ORDERS=;OPEN=0;BACK=0;") != std::string::npos);
        CHECK(classic.call("ordercount", {{"lastorder", std::to_string(order - 1)}}).body == before);

        // X-Cart 5 gives an order its number late; a plain basket holds nothing.
        const auto five = of(Shop::xcart5);
        const long long number = rig().sell(Shop::xcart5, five.sku(102), 3);
        auto session = rig().session(Shop::xcart5);
        session.query("UPDATE xc_orders SET is_order = 0, orderNumber = NULL WHERE orderNumber = '" +
                      std::to_string(number) + "'");
        CHECK(sales(five, five.sku(102), "All").find(":3;OPEN=3;BACK=0;") != std::string::npos);
        CHECK(sales(five, five.sku(102), std::to_string(number)).find(";ORDERS=open-") != std::string::npos);
        session.query("UPDATE xc_orders SET stockStatus = '' WHERE orderNumber IS NULL");
        CHECK(sales(five, five.sku(102), "All").find(";ORDERS=;OPEN=0;BACK=0;") != std::string::npos);
        session.query("DELETE FROM xc_orders WHERE orderNumber IS NULL");
    }

    TEST_CASE("where an X-Cart 5 order does not say it, its states decide what it holds") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::xcart5);
        const long long order = rig().sell(Shop::xcart5, store.sku(103), 2);
        const auto above = std::to_string(order - 1);
        const auto number = std::to_string(order);
        auto session = rig().session(Shop::xcart5);
        set_state(Shop::xcart5, order, "", "P", "");
        CHECK(sales(store, store.sku(103), above).find(";ORDERS=" + number + ":2;") != std::string::npos);
        // A module has written the rule of the pair once more.
        session.query("INSERT INTO xc_order_status_properties SELECT NULL, payment_status_id, shipping_status_id, incStock"
                      " FROM xc_order_status_properties");
        CHECK(sales(store, store.sku(103), above).find(";ORDERS=" + number + ":2;") != std::string::npos);
        set_state(Shop::xcart5, order, "", "C", "");
        CHECK(sales(store, store.sku(103), above).find(";ORDERS=" + number + ":0;") != std::string::npos);
        // Pieces that were ordered beyond the stock were never taken from it.
        set_state(Shop::xcart5, order, "", "Q", "reduced");
        session.query("UPDATE xc_order_items SET backorderedAmount = 1 WHERE sku = '" + store.sku(103) + "'");
        CHECK(sales(store, store.sku(103), above).find(";ORDERS=" + number + ":1;") != std::string::npos);
    }

    TEST_CASE("ordercount counts orders above the last one imported") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const long long order = rig().sell(shop, store.sku(104), 1);
            REQUIRE(rig().sell(shop, store.sku(104), 1) == order + 1);
            const auto count = [&](const std::string& last) {
                return store.call("ordercount", {{"lastorder", last}}).body;
            };
            CHECK(count(std::to_string(order - 1)) == "SETIResponse: ordercount=2");
            CHECK(count(std::to_string(order)) == "SETIResponse: ordercount=1");
            CHECK(count(std::to_string(order + 1)) == "SETIResponse: ordercount=0");
            CHECK(count("all") != "SETIResponse: ordercount=0");
            CHECK(count("x1") == "SETIError: Malformed update entry: lastorder is not a number");
        }
    }
}
