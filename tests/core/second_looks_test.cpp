#include <doctest/doctest.h>

#include <chrono>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

// A cart of which single counts can be asked, and whose one SKU was made equal.
struct EqualShop : OpenShop {
    EqualShop() : OpenShop{Script::with_keys, {{"X", 10}}, {{"X", 10}}} {
        cart("a").cart.learned.counts = cart::CountSource::qohquery;
        turn([&] { controller.board.save(cart("a")); });
        start(*this, jobs::Kind::send_qoh);
        shop.serve();
        REQUIRE(listing("a", "X").is_aligned);
        REQUIRE_FALSE(has_alert("drift"));
    }
    // It is known, and was not looked into yet.
    void come_to_know(std::int64_t count) {
        shop.counts["X"] = count;
        turn([&] {
            auto known = listing("a", "X");
            known.store_qoh = count;
            store.listings.save(known);
        });
    }
};

}  // namespace

TEST_SUITE("SecondLooks") {
    TEST_CASE("a count that does not fit is not forgotten by a restart") {
        EqualShop bench;
        bench.come_to_know(12);
        bench.shop.serve();
        CHECK_FALSE(bench.has_alert("drift"));
        bench.restart();
        bench.shop.serve();
        CHECK(bench.has_alert("drift"));
    }

    TEST_CASE("a cancelled post is not forgotten by a restart") {
        EqualShop bench;
        submit_and_cancel(bench, "X", -2);
        bench.restart();
        bench.shop.serve();
        CHECK(bench.shop.counts["X"] == 10);
        CHECK(bench.has_alert("drift"));
    }

    TEST_CASE("what was sold is looked at with its import: a sale may have hidden a difference") {
        EqualShop bench;
        // One came back into the store's count by hand, and one was sold: it looks equal.
        auto change = bench.change("X", -1);
        change.reason = inventory::Reason::web_order_imported;
        change.order = "101";
        change.origin_cart = "a";
        bench.submit(change);
        CHECK(bench.item("X").qoh.pieces == 9);
        import_orders(bench, "101", {{"101", {{.order = "101", .sku = "X", .qty = 1}}}});
        bench.shop.serve();
        CHECK(bench.shop.counts["X"] == 10);
        CHECK(bench.has_alert("drift"));
    }

    TEST_CASE("what could not be judged, as web orders had come, is judged after their import") {
        EqualShop bench;
        bench.come_to_know(12);
        bench.restart();
        bench.shop.orders_since = 1;
        bench.shop.serve();
        CHECK_FALSE(bench.has_alert("drift"));
        bench.shop.orders_since = 0;
        import_orders(bench, "102");
        bench.shop.serve();
        CHECK(bench.has_alert("drift"));
    }

    TEST_CASE("carts that confirmed the same change within a second are looked at in one turn, a minute later") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        for (const auto* id : {"a", "b"}) bench.cart(id).cart.learned.counts = cart::CountSource::qohquery;
        bench.snapshot({{"X", 10}});
        bench.pass(1'000ms - bench.now.steady.time_since_epoch() % 1'000ms + 100ms);
        bench.submit("X", -1);
        auto first = bench.take<stack::AskUpdate>();
        auto second = bench.take<stack::AskUpdate>();
        REQUIRE(second);
        bench.answer(*first, applied_under_key(*first, 9));
        bench.pass(40ms);
        bench.answer(*second, applied_under_key(*second, 9));

        const auto looked_at = [&](const char* cart) { return bench.controller.looks.next_wakeup(bench.cart(cart)); };
        REQUIRE(looked_at("a"));
        CHECK(looked_at("a") == looked_at("b"));
        CHECK(*looked_at("a") - bench.now.steady >= 60s);
        CHECK(*looked_at("a") - bench.now.steady < 61s);
    }

    TEST_CASE("one look that shows a loss sends nothing: what is repaired was read twice") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, jobs::Kind::send_qoh);
        shop.serve();
        bench.submit("X", -3);
        shop.serve(1);
        bench.pass(61s);
        const auto look = bench.take<stack::AskMoves>();
        REQUIRE(look);
        shop.counts["X"] = 10;  // the shop writes what it had read before, and corrects itself
        shop.answer(*look);
        shop.counts["X"] = 7;
        CHECK(bench.posts(stack::State::queued).empty());
        CHECK(bench.posts(stack::State::sending).empty());
        shop.serve();
        CHECK(shop.counts["X"] == 7);
    }
    TEST_CASE("what a cancelled Send had not sent is no news after a restart") {
        std::map<std::string, std::int64_t> counts;
        for (int n = 0; n < 50; ++n) counts["S-" + std::to_string(n)] = 8;
        auto due = counts;
        for (auto& [sku, qoh] : due) qoh = 10;
        OpenShop bench{Script::plain, counts, due};
        bench.cart("a").cart.learned.counts = cart::CountSource::qohquery;
        const auto job = start(bench, jobs::Kind::send_qoh);
        bench.shop.serve_until<stack::AskUpdate>();
        REQUIRE_FALSE(bench.posts(stack::State::queued).empty());
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        while (bench.controller.jobs.is_letting_go(bench.cart("a"))) bench.turn();
        REQUIRE(bench.posts(stack::State::queued).empty());
        bench.restart();
        bench.shop.serve();
        CHECK_FALSE(bench.has_alert("drift"));
    }
}
