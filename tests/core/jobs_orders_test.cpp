// Jobs on a controller in memory, web orders: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;

TEST_SUITE("Jobs: web orders") {
    TEST_CASE("a sale that is imported after the looks is not taken twice") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 3}}, {{"X", 10}, {"Y", 4}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        // Both looks and the questions around them, but not a slice of work after the last.
        for (int i = 0; i < 40; ++i) {
            if (bench.asks().empty()) {
                bench.pass(some_time);
                continue;
            }
            const auto ask = bench.asks().front();
            bench.asks().erase(bench.asks().begin());
            const bool is_last = std::holds_alternative<stack::AskOrderCount>(ask.what) && i > 5;
            if (is_last) {
                shop.counts["X"] = 9;
                auto sale = bench.change("X", -1);
                sale.reason = inventory::Reason::web_order_imported;
                sale.origin_cart = "a";
                sale.order = "101";
                // Submitted in the same turn in which the last answer comes in.
                bench.turn([&] {
                    cart::OrderCountResult none;
                    none.is_answered = true;
                    bench.controller.answered(ask.exchange, none, bench.now);
                    (void)bench.controller.books.submit("om", {sale}, bench.now);
                });
                break;
            }
            shop.answer(ask);
        }
        shop.serve(20);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.item("X").qoh.pieces == 9);
        CHECK(line(bench, job, "X").delta == 0);
    }
    TEST_CASE("an order that is told again replaces its lines: an edited one holds what it has now") {
        OpenShop bench{Script::with_keys, {{"X", 9}}, {{"X", 10}}};
        const auto told = [&](std::int64_t qty) { import_orders(bench, "101", {{"101", {{"101", "X", "", qty, 0, {}}}}}); };
        told(2);
        told(1);
        const auto job = start(bench, Kind::send_qoh);
        bench.shop.serve();
        CHECK(bench.shop.counts["X"] == 9);  // as it should be: one piece waits to be imported
        told(0);
        CHECK(bench.store.orders.not_taken(bench.cart("a").cart.key) == 0);
        CHECK(bench.store.jobs.get(job)->state == jobs::State::done);
    }
    TEST_CASE("an order that stands twice in one import has the lines of both") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 10}}, {{"X", 10}, {"Y", 10}}};
        import_orders(bench, "102", {{"101", {{"101", "X", "", 2, 0, {}}}}, {"102", {}}, {"101", {{"101", "Y", "", 3, 0, {}}}}});
        CHECK(bench.store.orders.not_taken(bench.cart("a").cart.key) == 5);
    }
    TEST_CASE("pieces taken for one listing of a SKU do not count for another") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"A", 5}, {"B", 5}});
        bench.snapshot({{"X", 10}});
        const auto cart = bench.cart("a").cart.key;
        bench.turn([&] {
            auto& orders = bench.store.orders;
            orders.replace(cart, "5", {{"5", "X", "A", 2, 2, {}}, {"5", "X", "B", 1, 1, {}}});
            orders.take(cart, "5", "X", "B", 3, bench.now.wall);
            CHECK(orders.not_taken(cart) == 2);
            CHECK(orders.incomplete(cart).size() == 1);
            CHECK(orders.open_orders(cart, "X") == std::vector<std::string>{"5"});
            // What names no listing counts for the one that lacks it.
            orders.take(cart, "5", "X", "", 2, bench.now.wall);
            CHECK(orders.not_taken(cart) == 0);
            CHECK(orders.incomplete(cart).empty());
            CHECK(orders.open_orders(cart, "X").empty());
        });
    }
    TEST_CASE("pieces that were taken without a word for which listing leave open only what they can") {
        struct Case {
            std::int64_t held_a;
            std::int64_t held_b;
            std::int64_t taken_b;   // for B by name
            std::int64_t unnamed;
            std::optional<std::int64_t> waits_a;   // as imports tell, both lines known
            std::optional<std::int64_t> by_moves;  // as the connector tells, of A alone
        };
        const std::vector<Case> cases{
            {2, 0, 0, 0, 2, 2},                          // nothing was taken
            {2, 0, 0, 2, 0, 0},                          // all of it
            {2, 0, 0, 1, 1, std::nullopt},               // a part: of A, for nothing else is in that order
            {2, 2, 0, 4, 0, std::nullopt},               // all of both
            {2, 2, 0, 3, std::nullopt, std::nullopt},    // of which?
            {2, 2, 2, 1, 1, std::nullopt},               // B has its own
            {0, 2, 0, 1, 0, 0},                          // A is not in it
        };
        for (const auto& one : cases) {
            CAPTURE(one.held_a);
            CAPTURE(one.held_b);
            CAPTURE(one.unnamed);
            Workbench bench;
            bench.open_cart("a", Script::with_keys, {{"A", 5}, {"B", 5}});
            auto config = bench.cart("a").config();
            config.sku_map.set("X", {"A", "B"});
            bench.turn([&] {
                REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, bench.now));
            });
            bench.snapshot({{"X", 10}});
            auto& cart = bench.cart("a");
            bench.turn([&] {
                std::vector<store::OrderLine> lines;
                if (one.held_a > 0) lines.push_back({"5", "X", "A", one.held_a, 0, {}});
                if (one.held_b > 0) lines.push_back({"5", "X", "B", one.held_b, 0, {}});
                bench.store.orders.replace(cart.cart.key, "5", lines);
                if (one.taken_b > 0) bench.store.orders.take(cart.cart.key, "5", "X", "B", one.taken_b, bench.now.wall);
                if (one.unnamed > 0) bench.store.orders.take(cart.cart.key, "5", "X", "", one.unnamed, bench.now.wall);
            });
            const auto pieces = [](const std::optional<inventory::Delta>& delta) {
                return delta ? std::optional{delta->pieces} : std::nullopt;
            };
            const auto& scales = bench.controller.scales;
            CHECK(pieces(scales.waits_for_import(cart, "A", bench.item("X"), {}, sync::Orders::imported)) == one.waits_a);
            std::vector<cart::HeldByOrder> held;
            if (one.held_a > 0) held.push_back({"5", one.held_a});
            CHECK(pieces(scales.waits_for_import(cart, "A", bench.item("X"), held, sync::Orders::by_moves)) == one.by_moves);
        }
    }
    TEST_CASE("a line that names a listing is taken by a change that names none, and the other way round") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 5}});
        const auto cart = bench.cart("a").cart.key;
        bench.turn([&] {
            auto& orders = bench.store.orders;
            orders.replace(cart, "5",
                           {{"5", "X", "X", 2, 2, {}}, {"5", "Y", "", 1, 1, {}}, {"5", "Z", "", 1, 1, {}}});
            orders.take(cart, "5", "X", "", 2, bench.now.wall);
            orders.take(cart, "5", "Z", "", 1, bench.now.wall);
            orders.take(cart, "5", "Y", "Y", 1, bench.now.wall);
            CHECK(orders.not_taken(cart) == 0);
            CHECK(orders.incomplete(cart).empty());
        });
    }
    TEST_CASE("a piece that is given back for an order of long ago is held at the store all the same") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        auto sale = bench.change("X", -2);
        sale.reason = inventory::Reason::web_order_imported;
        sale.origin_cart = "a";
        sale.order = "100";
        bench.submit(sale);
        import_orders(bench, "100", {{"100", {{"100", "X", "", 2, 2, {}}}}});
        bench.now.wall += std::chrono::hours{24 * 31};
        import_orders(bench, "101");
        REQUIRE(bench.store.orders.lines_of(bench.cart("a").cart.key, "X").empty());
        auto back = bench.change("X", 1);
        back.reason = inventory::Reason::web_order_imported;
        back.origin_cart = "a";
        back.order = "100";
        bench.submit(back);
        import_orders(bench, "102");
        // The shop still has both pieces in that order: nothing is missing there.
        Shop shop{bench, {{"X", 8}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
        CHECK(shop.counts["X"] == 8);
    }
    TEST_CASE("SKUs whose open orders are too many for one question are asked for in the next") {
        OpenShop bench{Script::with_moves, {{"X", 5}, {"Y", 5}}, {{"X", 7}, {"Y", 7}}};
        std::vector<sync::ImportedOrder> orders;
        int number = 10'000;
        for (const std::string sku : {"X", "Y"})
            for (int n = 0; n < 600; ++n) {
                const auto order = std::to_string(++number);
                orders.push_back({order, {{order, sku, "", 1, 0, {}}}});
            }
        // One that is not a number was never given by this shop.
        orders.push_back({"by phone", {{"by phone", "X", "", 1, 0, {}}}});
        import_orders(bench, "11200", orders);
        const auto job = start(bench, Kind::send_qoh);
        std::set<std::string> asked;
        for (int i = 0; i < 400; ++i) {
            if (bench.asks().empty()) {
                bench.pass(some_time);
                continue;
            }
            if (const auto* moves = std::get_if<stack::AskMoves>(&bench.asks().front().what)) {
                CHECK(moves->also.size() <= 1'000);
                CHECK(std::ranges::count(moves->also, "by phone") == 0);
                asked.insert(moves->skus.begin(), moves->skus.end());
            }
            bench.shop.answer_next();
        }
        CHECK(asked == std::set<std::string>{"X", "Y"});
        for (const char* sku : {"X", "Y"}) CHECK(line(bench, job, sku).result == jobs::ItemResult::ok);
        CHECK(bench.shop.counts == std::map<std::string, std::int64_t>{{"X", 7}, {"Y", 7}});
    }
}
