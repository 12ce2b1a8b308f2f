// Posts and answers that once went where they did not belong, one trace each: to a former store, an excluded SKU, an old key.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using cart::Cause;
using stack::AskUpdate;
using stack::AskVersion;
using stack::State;

TEST_SUITE("Misdirected") {
    TEST_CASE("a job's post that a person sends again goes under its key, and the store's answer of then is no news") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 5}}, {{"X", 12}, {"Y", 5}}};
        auto& shop = bench.shop;
        start(bench, jobs::Kind::send_qoh);
        shop.serve_until<AskUpdate>();
        const auto ask = *bench.take<AskUpdate>();
        // The store has applied it, and its counter is known by the answer to another post.
        shop.counts["X"] += 2;
        bench.cart("a").cart.store_seq = 1;
        bench.answer(ask, unclear());
        const auto id = bench.posts(State::uncertain).front().post.id;
        bench.turn([&] { REQUIRE(bench.controller.interventions.resolve(id, stack::Proposal::not_applied, "impatient", bench.now)); });
        std::optional<stack::Ask> again;
        for (int i = 0; i < 20 && !again; ++i) {
            auto extension = extension_of(Script::with_keys);
            extension.seq = 1;
            if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version(extension));
            else bench.pass(Milliseconds{5'000});
            again = bench.take<AskUpdate>();
        }
        REQUIRE(again);
        CHECK(std::get<AskUpdate>(again->what).sending == cart::Sending::repeat);
        bench.answer(*again, applied_under_key(*again, 12, 1));
        CHECK(bench.cart("a").cart.stop == cart::Stop::none);
    }
    TEST_CASE("no verdict sends anything to a SKU that was excluded since") {
        for (const auto script : {Script::plain, Script::with_moves}) {
            OpenShop bench{script, {{"X", 10}}, {{"X", 10}}};
            auto& shop = bench.shop;
            start(bench, jobs::Kind::audit);
            shop.serve();
            bench.submit("X", -2);
            shop.serve_until<AskUpdate>();
            bench.answer(*bench.take<AskUpdate>(), unclear());
            bench.turn([&] {
                for (auto listed : bench.posts(State::uncertain)) bench.controller.queue.park(bench.cart("a"), listed.post);
                auto config = bench.cart("a").config();
                config.exclude.insert("X");
                REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, bench.now));
            });
            import_orders(bench, "101");
            shop.serve(60);
            CHECK(shop.counts["X"] == 10);
            CHECK(bench.posts(State::settled).empty());
        }
    }
    TEST_CASE("a post whose SKU is mapped elsewhere while it is out does not go to the old one again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"X2", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", -2);
        const auto out = *bench.take<AskUpdate>();
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.sku_map = {{"X", {"X2"}}};
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, bench.now));
        });
        bench.answer(out, refused(Cause::busy));
        bench.pass(Milliseconds{60'000});
        CHECK_FALSE(bench.take<AskUpdate>());
        CHECK(bench.posts(State::folded).size() == 1);
    }
    TEST_CASE("what the former store still answers is not taken for the new one's") {
        Workbench bench;
        cart::CartConfig config;
        config.id = "a";
        config.url = "https://old.test/import.php";
        config.synchronize_inventory = true;
        bench.turn([&] { REQUIRE(bench.controller.switching.create(config, bench.now)); });
        bench.answer(*bench.take<stack::AskProbe>(), usable(extension_of(Script::with_keys, "old")));
        const auto list = *bench.take<stack::AskAllCounts>();
        config.url = "https://new.test/import.php";
        bench.turn([&] {
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::no, sync::Credentials::unchanged, bench.now));
        });
        bench.turn([&] { bench.controller.counts_page(list.exchange, {{"X", cart::CountWord::count, 777}}, 1); });
        cart::CountsResult done;
        done.is_complete = true;
        bench.answer(list, done);
        bench.answer(*bench.take<stack::AskProbe>(), usable(extension_of(Script::with_keys, "new")));
        CHECK(bench.cart("a").cart.store_id == "store-of-new");
        CHECK_FALSE(bench.cart("a").cart.has_base);
        CHECK(bench.take<stack::AskAllCounts>());
    }
    TEST_CASE("imports that bring nothing new make no plain script tell its list again and again") {
        OpenShop bench{Script::plain, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        bench.submit("X", -2);
        shop.serve_until<AskUpdate>();
        bench.answer(*bench.take<AskUpdate>(), unclear());
        shop.counts["X"] = 4;  // nothing explains that: a person's
        int lists = 0;
        for (int second = 0; second < 7'200; ++second) {
            for (; !bench.asks().empty(); shop.answer_next()) lists += std::holds_alternative<stack::AskCounts>(bench.asks().front().what);
            if (second % 10 == 0) import_orders(bench, "100");
            bench.pass(Milliseconds{1'000});
        }
        CHECK(lists < 40);
    }
    TEST_CASE("a notice of two listings stays until both are dealt with") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {});
        bench.snapshot({{"X", 10}});
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.sku_map = {{"X", {"X-RED", "X-BLUE"}}};
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, bench.now));
        });
        bench.submit("X", -1);
        auto no = rejected(Cause::not_found);
        no.is_key_confirmed = true;
        while (const auto update = bench.take<AskUpdate>()) bench.answer(*update, no);
        if (const auto batch = bench.take<stack::AskBatch>()) bench.answer(*batch, cart::BatchResult{{no, no}});
        REQUIRE(bench.posts(State::rejected).size() == 2);
        SUBCASE("a person gives both up") {
            for (const bool is_last : {false, true}) {
                const auto id = bench.posts(State::rejected).front().post.id;
                bench.turn([&] { REQUIRE(bench.controller.interventions.cancel({{id}, {}}, "gone", bench.now)); });
                CHECK(bench.has_alert("needs_decision") == !is_last);
            }
        }
        SUBCASE("what is missing is sent to both") {
            for (const std::string sku : {"X-RED", "X-BLUE"}) {
                bench.turn([&] {
                    const sync::Evidence evidence{bench.listing("a", sku), bench.item("X"), 10, {0}, {-1}};
                    REQUIRE(bench.controller.door.send(bench.cart("a"), evidence, sync::Sender::verdict, bench.now));
                });
                CHECK(bench.has_alert("needs_decision") == (sku == "X-RED"));
            }
        }
    }
}
