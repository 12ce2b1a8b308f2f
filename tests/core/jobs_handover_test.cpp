// Jobs on a controller in memory, what the Order Manager takes over: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;
using stack::State;

TEST_SUITE("Jobs: handover") {
    TEST_CASE("two carts cannot hand out the same SKU at once") {
        Workbench bench;
        bench.open_cart("b", Script::with_keys, {{"X", 15}});
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.turn([&] {
            REQUIRE(bench.controller.imports.imported(
                {"b", bench.now.wall, "100", std::vector<sync::ImportedOrder>{}}, bench.now));
        });
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        bench.turn([&] { REQUIRE(bench.controller.jobs.start(Kind::get_qoh, "b", {}, bench.now)); });
        shop.serve();
        CHECK(pull(bench).size() == 1);
    }
    TEST_CASE("the first count of a new product is not posted to a store that has it already") {
        Workbench bench;
        bench.open_cart("b", Script::with_keys, {{"N", 7}});
        bench.open_cart("a", Script::with_keys, {{"N", 7}});
        bench.snapshot({{"X", 1}});
        import_orders(bench);
        Shop shop{bench, {{"N", 7}}};
        start(bench, Kind::get_qoh, {.creates_records = true});
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        pull(bench, items[0].cursor);
        CHECK(bench.item("N").qoh.pieces == 7);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("a store that has nothing below zero follows what is sold while the Order Manager has not taken over what Get found") {
        for (const std::int64_t book : {0, 3}) {
            CAPTURE(book);
            OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", book}}};
            auto& shop = bench.shop;
            bench.cart("a").cart.learned.clamps = true;
            start(bench, Kind::get_qoh);
            shop.serve();
            const auto items = pull(bench);
            REQUIRE(items.size() == 1);
            bench.submit("X", -5);
            shop.serve();
            pull(bench, items[0].cursor);
            shop.serve();
            CHECK(bench.item("X").qoh.pieces == 5);
            CHECK(shop.counts["X"] == 5);
        }
    }
    TEST_CASE("and what its buffer takes from it meanwhile") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 1}}};
        auto& shop = bench.shop;
        bench.cart("a").cart.learned.clamps = true;
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        auto config = bench.cart("a").config();
        config.buffer = 3;
        bench.turn([&] { REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, bench.now)); });
        shop.serve();
        pull(bench, items[0].cursor);
        shop.serve();
        CHECK(bench.item("X").qoh.pieces == 10);
        CHECK(shop.counts["X"] == 7);
    }
    TEST_CASE("what Get found at a cart that is removed is withdrawn unless somebody was given it") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 1}}};
        start(bench, Kind::get_qoh);
        bench.shop.serve();
        REQUIRE(bench.store.pulls.count() == 1);
        bench.turn([&] { REQUIRE(bench.controller.switching.remove("a", std::nullopt, bench.now)); });
        CHECK(bench.store.pulls.count() == 0);
    }
    TEST_CASE("a snapshot that ends while an item is open does not count it twice") {
        OpenShop bench{Script::with_keys, {{"X", 15}}, {{"X", 10}}};
        auto& shop = bench.shop;
        bench.turn([&] {
            REQUIRE(bench.controller.snapshots.receive({"om", "long", 0, false, {}}, bench.now));
        });
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        bench.turn([&] {
            const auto receipt = bench.controller.snapshots.receive(
                {"om", "long", 1, true, {{"X", {15}, {}, true}}}, bench.now);
            REQUIRE(receipt);
            CHECK(receipt->retake == std::vector<std::string>{"X"});
        });
        pull(bench, items[0].cursor);
        CHECK(bench.item("X").qoh.pieces == 15);
    }
    TEST_CASE("an acknowledgement of what was never given out is not believed") {
        OpenShop bench{Script::with_keys, {{"X", 15}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::get_qoh);
        shop.serve();
        bench.turn([&] {
            CHECK_FALSE(bench.controller.handover.pull({"om", 50, {}, 100, false}, bench.now));
        });
        CHECK(bench.item("X").qoh.pieces == 10);
        CHECK(pull(bench).size() == 1);
    }
    TEST_CASE("a count told between applying and acknowledging waits for the acknowledgement") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        auto first = bench.change("X", 0);
        first.delta.reset();
        first.qoh = inventory::Quantity{10};
        first.version = 1;
        bench.submit(first);
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        REQUIRE(pull(bench).size() == 1);
        auto count = bench.change("X", 0);
        count.delta.reset();
        count.qoh = inventory::Quantity{14};
        count.version = 2;
        const auto refused = bench.submit(count);
        REQUIRE(refused.rejected.size() == 1);
        CHECK(refused.rejected[0].error.code == ErrorCode::busy);
        pull(bench, pull(bench)[0].cursor);
        CHECK(bench.submit(count).accepted == 1);
        CHECK(bench.item("X").qoh.pieces == 14);
        CHECK(bench.only_post().post.delta.pieces == -1);
    }
    TEST_CASE("a Get settles the posts in doubt: whatever became of them is in the count that it takes") {
        Workbench bench;
        park_one(bench);
        Shop shop{bench, {{"X", 10}}};
        import_orders(bench);
        const auto job = start(bench, Kind::get_qoh);
        shop.serve(60);
        REQUIRE(state(bench, job) == jobs::State::done);
        // Either the doubt ended by its own verdict first, or the Get took it along: in no case both.
        const auto items = pull(bench);
        const auto settled = bench.posts(State::settled);
        REQUIRE(settled.size() == 1);
        if (!items.empty()) pull(bench, items.back().cursor);
        shop.serve();
        CHECK(bench.item("X").qoh.pieces == shop.counts["X"]);
        bench.turn([&] {
            CHECK_FALSE(bench.controller.interventions.resolve(
                settled.front().post.id, stack::Proposal::not_applied, "sure", bench.now));
        });
    }
    TEST_CASE("a doubt that a Get settled is named again when the Order Manager skips the item") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        have_rejected(bench, "X", -2);
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        REQUIRE(bench.posts(State::settled).size() == 1);
        REQUIRE_FALSE(bench.has_alert("drift"));
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        pull(bench, items[0].cursor, {{items[0].cursor, "kit"}});
        REQUIRE(bench.has_alert("drift"));
        CHECK(bench.store.alerts.list().back().message.find("had 10 of X where 8 were due") !=
              std::string::npos);
        // A Send closes the gap and with it the question.
        start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(shop.counts["X"] == 8);
        CHECK_FALSE(bench.has_alert("drift"));
    }
    TEST_CASE("a doubt that a Get settled is named again when an undo withdraws the item") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 4}});
        bench.snapshot({{"X", 10}, {"Y", 3}});
        have_rejected(bench, "X", -2);
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 4}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(pull(bench).empty());
        const auto alerts = bench.store.alerts.list();
        CHECK(std::ranges::count_if(
                  alerts, [](const auto& alert) { return alert.kind == "drift" && alert.sku == "X"; }) == 1);
        CHECK(std::ranges::count(alerts, std::string{"Y"}, &store::Alert::sku) ==
              0);  // nothing was in doubt there
    }
    TEST_CASE("a count that comes after a takeover is compared with what was taken over") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        const auto counted = [&](std::int64_t qoh, std::int64_t version) {
            auto change = bench.change("X", 0);
            change.delta.reset();
            change.qoh = inventory::Quantity{qoh};
            change.version = version;
            return change;
        };
        bench.submit(counted(10, 1));
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        pull(bench, pull(bench)[0].cursor);
        REQUIRE(bench.item("X").qoh.pieces == 15);
        // One piece goes; the snapshot has it before its change arrives here.
        auto sale = counted(14, 2);
        sale.at = bench.now.wall;
        bench.now.wall += std::chrono::minutes{10};
        bench.now.steady += std::chrono::minutes{10};
        bench.snapshot({{"X", 14}});
        bench.submit(sale);
        CHECK(bench.item("X").qoh.pieces == 14);
        CHECK(bench.only_post().post.delta.pieces == -1);
    }
    TEST_CASE("what the Order Manager does not take over for a day is named, until it has") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto cursor = pull(bench).front().cursor;
        bench.pass(std::chrono::hours{23});
        CHECK_FALSE(bench.has_alert("needs_decision"));
        bench.pass(std::chrono::hours{2});
        CHECK(bench.has_alert("needs_decision"));
        CHECK(pull(bench, cursor).empty());
        CHECK_FALSE(bench.has_alert("needs_decision"));
    }
}
