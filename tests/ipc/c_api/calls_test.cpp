// The functions of stocktray.h, called as a C program calls them.
#include <doctest/doctest.h>

#include <cstring>
#include <mutex>
#include <thread>

#include "ipc/c_api/stocktray.h"
#include "ipc/messages/parameters.h"
#include "ipc/messages/takeover.h"
#include "tests/agent/agent_process.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"

namespace stocktray::ipc {
namespace {

using testing::FakeAgent;
using testing::Scratch;

// A connection to an endpoint, closed with its owner.
struct Connected {
    stocktray_connection* handle{nullptr};
    Connected(const std::string& endpoint, const std::string& spool) {
        REQUIRE_MESSAGE(stocktray_open("test 1.0", endpoint.c_str(), spool.c_str(), &handle) == STOCKTRAY_OK,
                        stocktray_last_error());
    }
    Connected(const Connected&) = delete;
    Connected& operator=(const Connected&) = delete;
    ~Connected() { stocktray_close(handle); }
    operator stocktray_connection*() const { return handle; }  // NOLINT: as in C
};

stocktray_code submit(stocktray_connection* connection, const char* id, const char* sku, std::int64_t pieces,
                      std::int32_t wait_ms = 20'000, stocktray_place* place = nullptr) {
    auto* change = stocktray_change_new(id, sku, pieces, "phone_order");
    const auto code = stocktray_submit_one(connection, change, wait_ms, place);
    stocktray_change_free(change);
    return code;
}

struct WithAgent {
    stocktray::tests::AgentProcess agent;
    std::string spool{(agent.folder() / "om" / "spool.db").string()};
    WithAgent() { agent.start(); }
};

struct WithFake {
    Scratch scratch;
    FakeAgent agent{scratch.endpoints()};
    std::string spool{scratch.path() + "/spool.db"};

    WithFake() {
        agent.on<agent::Hello>([](const agent::Hello&) -> Expected<agent::HelloResult> {
            agent::HelloResult result;
            result.incarnation = "one";
            return result;
        });
    }
};

std::string said() { return stocktray_last_error(); }

}  // namespace

TEST_SUITE("C calls") {
    TEST_CASE("version and codes have words") {
        CHECK(stocktray_api_version() == STOCKTRAY_API_VERSION);
        CHECK(std::string{stocktray_version()} == "0.1.0");
        CHECK(std::string{stocktray_code_name(STOCKTRAY_NO_AGENT)} == "no_agent");
        for (int code = STOCKTRAY_OK; code <= STOCKTRAY_NOTHING; ++code)
            CHECK(std::string{stocktray_code_name(code)} != "unknown");
        CHECK(std::string{stocktray_code_name(99)} == "unknown");
    }

    TEST_CASE("what is missing is said, and nothing ends the program") {
        CHECK(stocktray_open(nullptr, nullptr, nullptr, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        stocktray_connection* none = nullptr;
        CHECK(stocktray_open("", nullptr, nullptr, &none) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_open("x", "nonsense", nullptr, &none) != STOCKTRAY_OK);
        CHECK(none == nullptr);
        CHECK(stocktray_open("Lager M\xfcller 1.0", nullptr, nullptr, &none) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(said().find("UTF-8") != std::string::npos);
        CHECK(none == nullptr);
        CHECK(stocktray_submit(nullptr, nullptr, 0, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_submit_one(nullptr, nullptr, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_flush(nullptr, 0) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_waiting(nullptr) == -1);
        CHECK(stocktray_refused(nullptr) == -1);
        CHECK(stocktray_doubtful(nullptr) == -1);
        CHECK(stocktray_silent_since(nullptr) == -1);
        CHECK(stocktray_trouble(nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_change_set_text(nullptr, "by", "x") == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_change_set_number(nullptr, "at", 1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_orders_add(nullptr, "1", "A", nullptr, 1, -1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_orders_imported(nullptr, nullptr, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_snapshot_open(nullptr, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_snapshot_add(nullptr, "A", 1, nullptr, 1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_snapshot_finish(nullptr, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_snapshot_retake(nullptr, 0) == nullptr);
        CHECK(stocktray_pull(nullptr, "x", 1, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_acknowledge(nullptr, "x", "y", 0) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_skip(nullptr, "x", "y", "z", 0) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_items_count(nullptr) == 0);
        CHECK(stocktray_items_text(nullptr, 0, "sku") == nullptr);
        CHECK(stocktray_next_event(nullptr, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_event_topic(nullptr) == nullptr);
        CHECK(stocktray_event_data(nullptr) == nullptr);
        CHECK(stocktray_call(nullptr, "x", "{}", 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(!said().empty());
        stocktray_close(nullptr);
        stocktray_change_free(nullptr);
        stocktray_orders_free(nullptr);
        stocktray_snapshot_free(nullptr);
        stocktray_items_free(nullptr);
        stocktray_event_free(nullptr);
        stocktray_text_free(nullptr);
    }

    TEST_CASE("a change is at the agent, with everything that was said of it") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        auto* change = stocktray_change_new("order-1", "B\u00fccher-1", -2, "phone_order");
        CHECK(stocktray_change_set_text(change, "by", "ann") == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(change, "workstation", "till") == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(change, "note", "gone") == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(change, "note", nullptr) == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(change, "colour", "red") == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(said() == "A change has no text 'colour'.");
        CHECK(stocktray_change_set_number(change, "at", 1'000) == STOCKTRAY_OK);
        CHECK(stocktray_change_set_number(change, "by", 1) == STOCKTRAY_INVALID_ARGUMENT);
        stocktray_place place = STOCKTRAY_REFUSED;
        CHECK(stocktray_submit_one(om, change, 20'000, &place) == STOCKTRAY_OK);
        CHECK(place == STOCKTRAY_AT_AGENT);
        stocktray_change_free(change);
        const auto entries = shop.agent.must(history::List{.sku = "B\u00fccher-1"}).entries;
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].delta == -2);
        CHECK(entries[0].by == "ann");
        CHECK(entries[0].workstation == "till");
        CHECK(stocktray_waiting(om) == 0);
        CHECK(stocktray_silent_since(om) == 0);
    }

    TEST_CASE("a change without an id of its own is one change, however often it is submitted") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        for (const char* none : {static_cast<const char*>(nullptr), ""}) {
            auto* change = stocktray_change_new(none, "A-1", -2, "phone_order");
            for (int i = 0; i < 2; ++i) CHECK(stocktray_submit_one(om, change, 20'000, nullptr) == STOCKTRAY_OK);
            stocktray_change_free(change);
        }
        CHECK(shop.agent.must(history::List{.sku = "A-1"}).entries.size() == 2);
    }

    TEST_CASE("several at once: which was refused is told, and the others are taken") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        stocktray_change* changes[] = {stocktray_change_new("1", "A-1", 1, "return"),
                                       stocktray_change_new("2", "A-2", -1, "web_order_imported"),
                                       stocktray_count_new("3", "A-3", 7, 1, "adjustment")};
        CHECK(stocktray_change_set_text(changes[1], "origin_cart", "nowhere") == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(changes[1], "order", "10") == STOCKTRAY_OK);
        stocktray_place places[3] = {};
        CHECK(stocktray_submit(om, changes, 3, 20'000, places) == STOCKTRAY_NOT_FOUND);
        CHECK(said().find("nowhere") != std::string::npos);
        CHECK(places[0] == STOCKTRAY_AT_AGENT);
        CHECK(places[1] == STOCKTRAY_REFUSED);
        CHECK(places[2] == STOCKTRAY_AT_AGENT);
        CHECK(stocktray_refused(om) == 1);
        for (auto* change : changes) stocktray_change_free(change);
    }

    TEST_CASE("what a count took is said of an order's count alone") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        auto* count = stocktray_count_new("1", "A-1", 7, 1, "adjustment");
        CHECK(stocktray_change_set_number(count, "taken", 2) == STOCKTRAY_OK);
        stocktray_place place = STOCKTRAY_AT_AGENT;
        CHECK(stocktray_submit_one(om, count, 20'000, &place) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(place == STOCKTRAY_REFUSED);
        CHECK(said().find("says what was taken") != std::string::npos);
        stocktray_change_free(count);
    }

    TEST_CASE("a reason that is none, and pieces that no store can hold, are said before anything is saved") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        auto* change = stocktray_change_new("1", "A-1", 1, "because");
        CHECK(stocktray_submit_one(om, change, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(said().find("because") != std::string::npos);
        CHECK(said().find("phone_order, purchase_order_received") != std::string::npos);
        stocktray_change_free(change);
        CHECK(submit(om, "2", "A-1", 3'000'000'000) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(said().find("Change 1 (A-1)") != std::string::npos);
        CHECK(submit(om, "3", "", 1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(submit(om, "4", "A-\xff", 1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(submit(om, "5", nullptr, 1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_waiting(om) == 0);
    }

    TEST_CASE("the whole count goes over in parts, and is what both sides know") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        stocktray_snapshot* snapshot = nullptr;
        REQUIRE(stocktray_snapshot_open(om, 20'000, &snapshot) == STOCKTRAY_OK);
        for (int i = 0; i < 12'000; ++i)
            REQUIRE(stocktray_snapshot_add(snapshot, ("S-" + std::to_string(i)).c_str(), i, i % 2 ? nullptr : "A name", i % 3 != 0) ==
                    STOCKTRAY_OK);
        std::size_t retake = 99;
        CHECK(stocktray_snapshot_finish(snapshot, &retake) == STOCKTRAY_OK);
        CHECK(retake == 0);
        CHECK(stocktray_snapshot_add(snapshot, "late", 1, nullptr, 1) == STOCKTRAY_INVALID_ARGUMENT);
        stocktray_snapshot_free(snapshot);
        const auto items = shop.agent.must(qoh::List{.skus = std::vector<std::string>{"S-11999"}}).items;
        REQUIRE(items.size() == 1);
        CHECK(items[0].om_qoh == 11'999);
    }

    TEST_CASE("a SKU that changes while the count is taken has to be sent again") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        stocktray_snapshot* snapshot = nullptr;
        REQUIRE(stocktray_snapshot_open(om, 20'000, &snapshot) == STOCKTRAY_OK);
        CHECK(submit(om, "1", "A-1", -1) == STOCKTRAY_OK);
        CHECK(stocktray_snapshot_add(snapshot, "A-1", 10, nullptr, 1) == STOCKTRAY_OK);
        std::size_t retake = 0;
        CHECK(stocktray_snapshot_finish(snapshot, &retake) == STOCKTRAY_OK);
        REQUIRE(retake == 1);
        CHECK(std::string{stocktray_snapshot_retake(snapshot, 0)} == "A-1");
        CHECK(stocktray_snapshot_retake(snapshot, 1) == nullptr);
        stocktray_snapshot_free(snapshot);
    }

    TEST_CASE("web orders arrive behind the changes that took their pieces") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        auto* orders = stocktray_orders_new("main", "10023");
        CHECK(stocktray_orders_add(orders, "10023", "A-1", nullptr, 2, -1) == STOCKTRAY_OK);
        CHECK(stocktray_orders_add(orders, "10023", "A-2", "A-2-web", 1, 0) == STOCKTRAY_OK);
        stocktray_place place = STOCKTRAY_SPOOLED;
        // There is no such cart: the agent's word comes back through the spool.
        CHECK(stocktray_orders_imported(om, orders, 20'000, &place) == STOCKTRAY_NOT_FOUND);
        CHECK(place == STOCKTRAY_REFUSED);
        CHECK(said().find("main") != std::string::npos);
        stocktray_orders_free(orders);
    }

    TEST_CASE("lines of an order may come among those of others") {
        WithFake shop;
        std::mutex mutex;
        std::optional<orders::Imported> import;
        shop.agent.on<orders::Imported>([&](const orders::Imported& told) -> Expected<orders::ImportedResult> {
            const std::lock_guard lock{mutex};
            import = told;
            return orders::ImportedResult{};
        });
        const Connected om{shop.scratch.endpoints().requests, shop.spool};
        auto* orders = stocktray_orders_new("main", "8");
        CHECK(stocktray_orders_add(orders, "7", "A", nullptr, 1, -1) == STOCKTRAY_OK);
        CHECK(stocktray_orders_add(orders, "8", "B", nullptr, 1, -1) == STOCKTRAY_OK);
        CHECK(stocktray_orders_add(orders, "7", "C", nullptr, 1, -1) == STOCKTRAY_OK);
        CHECK(stocktray_orders_imported(om, orders, 20'000, nullptr) == STOCKTRAY_OK);
        stocktray_orders_free(orders);
        const std::lock_guard lock{mutex};
        REQUIRE(import);
        CHECK(import->count == 2);
        REQUIRE(import->orders->size() == 2);
        CHECK(import->orders->front().lines.size() == 2);
        CHECK(import->orders->back().lines.size() == 1);
    }

    TEST_CASE("orders that cannot be right are refused before they are saved") {
        WithFake shop;
        const Connected om{shop.scratch.endpoints().requests, shop.spool};
        auto* orders = stocktray_orders_new("main", nullptr);
        CHECK(stocktray_orders_add(orders, "10023", "A-1", nullptr, -4, -1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_orders_add(orders, "", "A-1", nullptr, 4, -1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_orders_add(orders, "10023", "", nullptr, 4, -1) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(stocktray_orders_imported(om, orders, 0, nullptr) == STOCKTRAY_INVALID_ARGUMENT);
        CHECK(said().find("last order") != std::string::npos);
        CHECK(stocktray_waiting(om) == 0);
        stocktray_orders_free(orders);
    }

    TEST_CASE("an agent that will not have the changes: they are saved, and every way of asking says why they do not go on") {
        WithFake shop;
        shop.agent.on<qoh::Submit>([](const qoh::Submit&) -> Expected<qoh::SubmitResult> {
            return fail(Code::unauthorized, "This computer is an operator.");
        });
        const Connected om{shop.scratch.endpoints().requests, shop.spool};
        stocktray_place place = STOCKTRAY_AT_AGENT;
        CHECK(submit(om, "1", "A-1", -1, 120'000, &place) == STOCKTRAY_OK);
        CHECK(place == STOCKTRAY_SPOOLED);
        CHECK(said() == "This computer is an operator.");
        CHECK(stocktray_flush(om, 120'000) == STOCKTRAY_UNAUTHORIZED);
        CHECK(said() == "This computer is an operator.");
        CHECK(stocktray_trouble(om) == STOCKTRAY_UNAUTHORIZED);
        CHECK(stocktray_waiting(om) == 1);
        CHECK(stocktray_silent_since(om) == 0);
        std::string data;
        for (int i = 0; i < 200 && data.empty(); ++i) {
            stocktray_event* event = nullptr;
            if (stocktray_next_event(om, 200, &event) != STOCKTRAY_OK) continue;
            if (std::string{stocktray_event_topic(event)} == "agent.refuses") data = stocktray_event_data(event);
            stocktray_event_free(event);
        }
        CHECK(data.find("This computer is an operator. 1 change waits") != std::string::npos);
        CHECK(data.find("\"code\":\"unauthorized\"") != std::string::npos);
    }

    TEST_CASE("what Get QOH found is handed over, acknowledged and skipped") {
        WithFake shop;
        std::vector<qoh::Pull> asked;
        std::mutex mutex;
        shop.agent.on<qoh::Pull>([&](const qoh::Pull& pull) -> Expected<qoh::PullResult> {
            const std::lock_guard lock{mutex};
            asked.push_back(pull);
            qoh::PullResult result;
            if (!pull.ack) {
                result.items.push_back({.cursor = "c1", .sku = "A-1", .qoh = 8, .delta = -2, .new_product = false, .name = {}, .cart = "main", .job = 12});
                result.items.push_back({.cursor = "c2", .sku = "N-1", .qoh = 5, .delta = 5, .new_product = true, .name = "New", .cart = "main", .job = 12});
            }
            return result;
        });
        const Connected om{shop.scratch.endpoints().requests, shop.spool};
        stocktray_items* items = nullptr;
        REQUIRE(stocktray_pull(om, "om", 50, 20'000, &items) == STOCKTRAY_OK);
        REQUIRE(stocktray_items_count(items) == 2);
        CHECK(stocktray_items_delta(items, 0) == -2);
        CHECK(stocktray_items_qoh(items, 0) == 8);
        CHECK(stocktray_items_is_new(items, 0) == 0);
        CHECK(std::string{stocktray_items_text(items, 0, "sku")} == "A-1");
        CHECK(std::string{stocktray_items_text(items, 0, "name")}.empty());
        CHECK(std::string{stocktray_items_text(items, 1, "name")} == "New");
        CHECK(std::string{stocktray_items_text(items, 1, "cursor")} == "c2");
        CHECK(std::string{stocktray_items_text(items, 1, "cart")} == "main");
        CHECK(std::string{stocktray_items_text(items, 1, "job")} == "12");
        CHECK(stocktray_items_text(items, 1, "colour") == nullptr);
        CHECK(stocktray_items_text(items, 2, "sku") == nullptr);
        CHECK(stocktray_items_is_new(items, 1) == 1);
        CHECK(stocktray_items_delta(items, 2) == 0);
        stocktray_items_free(items);
        CHECK(stocktray_acknowledge(om, "om", "c1", 20'000) == STOCKTRAY_OK);
        CHECK(stocktray_skip(om, "om", "c2", "no such product", 20'000) == STOCKTRAY_OK);
        const std::lock_guard lock{mutex};
        REQUIRE(asked.size() == 3);
        CHECK(asked[0].limit == 50);
        CHECK(asked[0].consumer == "om");
        CHECK(asked[1].ack == "c1");
        CHECK(asked[2].ack == "c2");
        REQUIRE(asked[2].skipped);
        CHECK(asked[2].skipped->front().reason == "no such product");
    }

    TEST_CASE("with nothing to take over it says so") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        stocktray_items* items = nullptr;
        CHECK(stocktray_pull(om, "om", 50, 20'000, &items) == STOCKTRAY_NOTHING);
        CHECK(items == nullptr);
    }

    TEST_CASE("any method can be called with JSON") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        char* text = nullptr;
        CHECK(stocktray_call(om, "parameters.get", R"({"names":["LatenessSeconds"]})", 20'000, &text) == STOCKTRAY_OK);
        CHECK(std::string{text}.find("120") != std::string::npos);
        stocktray_text_free(text);
        CHECK(stocktray_call(om, "agent.status", nullptr, 20'000, nullptr) == STOCKTRAY_OK);
        CHECK(stocktray_call(om, "no.such", "{}", 20'000, &text) == STOCKTRAY_UNSUPPORTED);
        CHECK(text == nullptr);
        CHECK(stocktray_call(om, "agent.status", "{", 20'000, &text) == STOCKTRAY_INVALID_ARGUMENT);
    }

    TEST_CASE("events: the state first, then what happens, of the agent and of the library") {
        WithAgent shop;
        const Connected om{shop.agent.endpoint(), shop.spool};
        const auto next = [&](const std::string& topic) {
            for (int i = 0; i < 200; ++i) {
                stocktray_event* event = nullptr;
                const auto code = stocktray_next_event(om, 200, &event);
                if (code == STOCKTRAY_NOTHING) continue;
                REQUIRE(code == STOCKTRAY_OK);
                const std::string found = stocktray_event_topic(event);
                std::string data = stocktray_event_data(event);
                stocktray_event_free(event);
                if (found == topic) return data;
            }
            return std::string{};
        };
        CHECK(next("agent.status").find("\"stack\"") != std::string::npos);
        stocktray::tests::set_parameter(shop.agent, "SlowSeconds", std::int64_t{21});
        CHECK(next("parameter.changed").find("SlowSeconds") != std::string::npos);
        auto* change = stocktray_change_new("1", "A-1", -1, "web_order_imported");
        CHECK(stocktray_change_set_text(change, "origin_cart", "nowhere") == STOCKTRAY_OK);
        CHECK(stocktray_change_set_text(change, "order", "5") == STOCKTRAY_OK);
        // Saved, and at times refused before the call has returned.
        const auto code = stocktray_submit_one(om, change, 0, nullptr);
        CHECK((code == STOCKTRAY_OK || code == STOCKTRAY_NOT_FOUND));
        stocktray_change_free(change);
        const auto refused = next("spool.refused");
        CHECK(refused.find("\"sku\":\"A-1\"") != std::string::npos);
        CHECK(refused.find("not_found") != std::string::npos);
    }

    TEST_CASE("without an agent: saved at once, flush says that it waits, and its words are of this thread") {
        const Scratch scratch;
        const Connected om{scratch.endpoints().requests, scratch.path() + "/spool.db"};
        stocktray_place place = STOCKTRAY_AT_AGENT;
        CHECK(submit(om, nullptr, "A-1", -1, 0, &place) == STOCKTRAY_OK);
        CHECK(place == STOCKTRAY_SPOOLED);
        CHECK(stocktray_waiting(om) == 1);
        CHECK(stocktray_flush(om, 1) == STOCKTRAY_NO_AGENT);
        const auto mine = said();
        std::jthread{[&] { CHECK(submit(om, "x", "", 1) == STOCKTRAY_INVALID_ARGUMENT); }}.join();
        CHECK(said() == mine);
        stocktray_snapshot* snapshot = nullptr;
        CHECK(stocktray_snapshot_open(om, 100, &snapshot) == STOCKTRAY_NO_AGENT);
        CHECK(snapshot == nullptr);
    }

    TEST_CASE("close while changes are on their way: they are in the spool, and go on with the next one") {
        WithAgent shop;
        {
            const Connected om{shop.agent.endpoint(), shop.spool};
            for (int i = 0; i < 300; ++i) REQUIRE(submit(om, std::to_string(i).c_str(), "A-1", -1, 0) == STOCKTRAY_OK);
        }
        const Connected om{shop.agent.endpoint(), shop.spool};
        CHECK(stocktray_flush(om, 30'000) == STOCKTRAY_OK);
        std::int64_t sum = 0;
        for (const auto& entry : shop.agent.must(history::List{.sku = "A-1", .limit = 1'000}).entries)
            sum += entry.delta.value_or(0);
        CHECK(sum == -300);
    }
}

}  // namespace stocktray::ipc
