// Jobs on a controller in memory, web orders: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;

TEST_SUITE("Jobs: web orders") {
    TEST_CASE("a sale that is imported after the looks is not taken twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 3}});
        bench.snapshot({{"X", 10}, {"Y", 4}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 3}}};
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
    TEST_CASE("pieces taken for one listing of a SKU do not count for another") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"A", 5}, {"B", 5}});
        bench.snapshot({{"X", 10}});
        const auto cart = bench.cart("a").cart.key;
        bench.turn([&] {
            auto& orders = bench.store.orders;
            orders.replace(cart, "5", {{"5", "X", "A", 2, 2, {}}, {"5", "X", "B", 1, 1, {}}});
            orders.take(cart, "5", "X", "B", 3);
            CHECK(orders.not_taken(cart) == 2);
            CHECK(orders.incomplete(cart).size() == 1);
            CHECK(orders.open_orders(cart, "X") == std::vector<std::string>{"5"});
            // What names no listing counts for the one that lacks it.
            orders.take(cart, "5", "X", "", 2);
            CHECK(orders.not_taken(cart) == 0);
            CHECK(orders.incomplete(cart).empty());
            CHECK(orders.open_orders(cart, "X").empty());
        });
    }
    TEST_CASE("a line that names a listing is taken by a change that names none, and the other way round") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 5}});
        const auto cart = bench.cart("a").cart.key;
        bench.turn([&] {
            auto& orders = bench.store.orders;
            orders.replace(cart, "5",
                           {{"5", "X", "X", 2, 2, {}}, {"5", "Y", "", 1, 1, {}}, {"5", "Z", "", 1, 1, {}}});
            orders.take(cart, "5", "X", "", 2);
            orders.take(cart, "5", "Z", "", 1);
            orders.take(cart, "5", "Y", "Y", 1);
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
}
