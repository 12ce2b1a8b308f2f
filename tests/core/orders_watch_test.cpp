// What people are told of a cart's web orders: such that the store has lost, and such that wait for the Order Manager.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;

namespace {

constexpr std::chrono::hours day{24};

// A change of the Order Manager for its order at cart `a`.
void take_from_qoh(Workbench& bench, const std::string& order, const std::string& sku, std::int64_t pieces) {
    auto change = bench.change(sku, -pieces);
    change.reason = pieces > 0 ? inventory::Reason::web_order_imported : inventory::Reason::return_;
    change.origin_cart = "a";
    change.order = order;
    bench.submit(change);
}

std::vector<sync::ImportedOrder> an_order(const std::string& order, const std::string& sku, std::int64_t pieces, std::int64_t taken) {
    return {{order, {{order, sku, {}, pieces, taken, {}}}}};
}

}  // namespace

TEST_SUITE("Web orders: notices") {
    TEST_CASE("a store whose highest order lies below the last imported one is named until it has new ones") {
        OpenShop bench{Script::with_moves, {{"X", 8}}, {{"X", 9}}};
        auto& shop = bench.shop;
        shop.top_order = "180";
        import_orders(bench, "180");
        start(bench, Kind::audit);
        shop.serve();
        CHECK_FALSE(bench.has_alert("orders_gone"));
        shop.top_order = "175";
        start(bench, Kind::audit);
        shop.serve();
        CHECK(bench.has_alert("orders_gone"));
        CHECK(bench.cart("a").cart.stop == cart::Stop::none);
        SUBCASE("or until nobody looks any more") {
            bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
            CHECK_FALSE(bench.has_alert("orders_gone"));
            return;
        }
        shop.top_order = "181";
        start(bench, Kind::audit);
        shop.serve();
        CHECK_FALSE(bench.has_alert("orders_gone"));
    }
    TEST_CASE("an answer that was asked for before the import says nothing of its orders") {
        OpenShop bench{Script::with_moves, {{"X", 8}}, {{"X", 9}}};
        auto& shop = bench.shop;
        shop.top_order = "180";
        import_orders(bench, "180");
        start(bench, Kind::audit);
        shop.serve_until<stack::AskMoves>();
        REQUIRE_FALSE(bench.asks().empty());
        REQUIRE(std::holds_alternative<stack::AskMoves>(bench.asks().front().what));
        bench.pass(Milliseconds{5});
        import_orders(bench, "181");
        shop.answer_next();
        CHECK_FALSE(bench.has_alert("orders_gone"));
    }
    TEST_CASE("orders with names have no highest one") {
        OpenShop bench{Script::with_moves, {{"X", 8}}, {{"X", 9}}};
        bench.shop.top_order = "175";
        import_orders(bench, "W-180");
        start(bench, Kind::audit);
        bench.shop.serve();
        CHECK_FALSE(bench.has_alert("orders_gone"));
    }
    TEST_CASE("a line that waits for a month is told, and goes when it is taken or given up") {
        for (const bool is_taken : {true, false}) {
            OpenShop bench{Script::with_keys, {{"X", 9}}, {{"X", 9}}};
            import_orders(bench, "101", an_order("101", "X", 3, 0));
            bench.pass(29 * day);
            CHECK_FALSE(bench.has_alert("orders_waiting"));
            bench.pass(2 * day);
            CHECK(bench.has_alert("orders_waiting"));
            if (is_taken) take_from_qoh(bench, "101", "X", 3);
            else import_orders(bench, "101", an_order("101", "X", 0, 0));
            bench.pass(day);
            CHECK_FALSE(bench.has_alert("orders_waiting"));
        }
    }
    TEST_CASE("pieces of a forgotten order that are given back wait from then on") {
        OpenShop bench{Script::with_keys, {{"X", 9}}, {{"X", 9}}};
        import_orders(bench, "101", an_order("101", "X", 3, 3));
        take_from_qoh(bench, "101", "X", 3);
        bench.pass(40 * day);
        import_orders(bench, "102");
        REQUIRE(bench.store.orders.lines_of(bench.cart("a").cart.key, "X").empty());
        take_from_qoh(bench, "101", "X", -1);
        bench.pass(29 * day);
        CHECK_FALSE(bench.has_alert("orders_waiting"));
        bench.pass(2 * day);
        CHECK(bench.has_alert("orders_waiting"));
    }
}
