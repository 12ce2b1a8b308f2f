// Jobs on a controller in memory: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/store/database.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

TEST_SUITE("Jobs: counterexamples") {
    TEST_CASE("a selection stays a selection, however the store is read") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        jobs::Options some;
        some.skus.emplace();
        for (int i = 0; i < 60; ++i) {
            const auto sku = "S" + std::to_string(100 + i);
            store_counts[sku] = 10;
            book[sku] = 9;
            if (i < 30) some.skus->push_back(sku);
        }
        bench.open_cart("a", Script::plain, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts};
        const auto job = start(bench, Kind::send_qoh, some);
        shop.serve(60);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["S100"] == 9);
        CHECK(shop.counts["S129"] == 9);
        CHECK(shop.counts["S130"] == 10);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 30);
    }
    TEST_CASE("a script that turns out to be absolute in the middle of a Send has the rest replaced") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 20}, {"Z", 30}}, {{"X", 13}, {"Y", 24}, {"Z", 35}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 60 && state(bench, job) != jobs::State::done; ++i) {
            if (const auto update = bench.take<stack::AskUpdate>()) {
                const auto& asked = std::get<stack::AskUpdate>(update->what).update;
                shop.counts[asked.sku] = asked.delta;
                bench.answer(*update, applied(asked.delta));
            }
            shop.serve(1);
        }
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.cart("a").cart.stop == cart::Stop::absolute_script);
        CHECK(shop.counts["Y"] == 24);
        CHECK(shop.counts["Z"] == 35);
        const auto again = start(bench, Kind::send_qoh, {.overrides_guard = true});
        shop.serve(30);
        CHECK(state(bench, again) == jobs::State::done);
        CHECK(shop.counts["X"] == 13);
    }
    TEST_CASE("an audit repairs nothing at a cart that is off") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        turn_off(bench);
        bench.submit("X", -3);
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("what a cancelled Send had not sent to a cart that is off never leaves") {
        OpenShop bench{Script::with_keys, {{"X", 5}}, {{"X", 10}}};
        auto& shop = bench.shop;
        turn_off(bench);
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 60 && bench.posts().empty(); ++i) {
            if (!bench.asks().empty()) {
                const auto ask = bench.asks().front();
                bench.asks().erase(bench.asks().begin());
                shop.answer(ask);
            } else {
                bench.pass(some_time);
            }
        }
        REQUIRE(bench.posts().size() == 1);
        bench.turn([&] {
            bench.cart("a").cart.is_paused = true;
            auto post = bench.only_post().post;
            if (post.state == State::queued) return;
            post.state = State::queued;  // as if it had not left yet
            bench.store.posts.save(post);
        });
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        CHECK(bench.only_post().post.state == State::folded);
    }
    TEST_CASE("a cart that is removed takes its job with it") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        const auto job = start(bench, Kind::audit);
        bench.turn([&] { REQUIRE(bench.controller.switching.remove("a", "closed", bench.now)); });
        CHECK(state(bench, job) == jobs::State::cancelled);
    }
    TEST_CASE("an answer to a job that was begun anew is not taken for the answer of now") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 5}}, {{"X", 10}, {"Y", 5}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::audit);
        const auto serve_until_listed = [&] {
            for (int i = 0; i < 20; ++i) {
                if (bench.asks().empty())
                    bench.turn();
                else if (std::holds_alternative<stack::AskAllCounts>(bench.asks().front().what))
                    return;
                else {
                    const auto ask = bench.asks().front();
                    bench.asks().erase(bench.asks().begin());
                    shop.answer(ask);
                }
            }
            FAIL("the list was not asked for");
        };
        serve_until_listed();
        const auto old = bench.asks().front();
        bench.asks().clear();
        (void)bench.controller.turn(bench.now, stack::Sendings::allowed, [] {
            throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}};
        });
        serve_until_listed();
        // The old list ends without its first pages.
        cart::CountsResult half;
        half.is_complete = true;
        half.distinct = 2;
        bench.answer(old, half);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.store.jobs.counts(job)[ItemResult::not_found] == 0);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 2);
    }
    TEST_CASE("a post that was under way when its job was cancelled is followed to its end") {
        OpenShop bench{Script::with_keys, {{"X", 8}}, {{"X", 10}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskUpdate>();
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        CHECK(line(bench, job, "X").text.ends_with(" Its post is under way."));
        shop.serve(4);
        bench.pass(std::chrono::minutes{1});
        shop.serve(2);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(line(bench, job, "X").text == "+2 as a difference: what the store sells meanwhile stays. The store has confirmed it.");
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE(
        "a count that was to be replaced when the agent ended is judged anew, and none is replaced twice") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 10}}, {{"X", 9}, {"Y", 9}}};
        auto& shop = bench.shop;
        make_absolute(bench, 1);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskReplace>();
        shop.counts["X"] = 9;  // it arrived; nobody heard the answer
        bench.restart();
        shop.counts["X"] = 8;  // and a piece was sold
        shop.serve(20);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 8);
        CHECK(shop.counts["Y"] == 9);
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(line(bench, job, "Y").result == ItemResult::ok);
    }
    TEST_CASE(
        "a count that was to be replaced when the agent ended is not replaced once web orders have come") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 10}}, {{"X", 9}, {"Y", 9}}};
        auto& shop = bench.shop;
        make_absolute(bench, 1);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskReplace>();
        bench.restart();
        shop.orders_since = 1;
        shop.serve(20);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["Y"] == 10);
        CHECK(line(bench, job, "Y").result == ItemResult::error);
    }
    TEST_CASE("a preview at a cart that is off lets no post leave and ends none") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        have_rejected(bench, "X", -2);
        import_orders(bench);
        turn_off(bench);
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.retry({{bench.only_post().post.id}, {}}, bench.now));
        });
        REQUIRE(bench.only_post().post.state == State::queued);
        bench.turn([&] {
            auto post = bench.only_post().post;
            post.due = bench.now.steady;
            bench.store.posts.save(post);
            bench.cart("a").is_touched = true;
        });
        Shop shop{bench, {{"X", 10}}};
        for (const auto kind : {Kind::send_qoh, Kind::get_qoh}) {
            const auto job = start(bench, kind, {.is_dry_run = true});
            shop.serve();
            CHECK(state(bench, job) == jobs::State::done);
            CHECK(bench.only_post().post.state == State::queued);
            CHECK(shop.counts["X"] == 10);
        }
        CHECK_FALSE(bench.controller.next_wakeup(bench.now));
        // Nor does it keep the agent awake while a job pauses between its looks.
        start(bench, Kind::audit);
        for (int i = 0; i < 20; ++i) {
            if (bench.asks().empty())
                bench.turn();
            else
                shop.answer_next();
        }
        REQUIRE(bench.controller.next_wakeup(bench.now));
        CHECK(*bench.controller.next_wakeup(bench.now) > bench.now.steady);
        shop.serve();
        CHECK(bench.only_post().post.state == State::queued);
    }
    TEST_CASE("each SKU of a big selection has its line, known or not") {
        Workbench bench;
        std::map<std::string, std::int64_t> counts;
        jobs::Options some;
        some.skus.emplace();
        for (int i = 0; i < 30; ++i) {
            counts["S" + std::to_string(100 + i)] = 10;
            some.skus->push_back("S" + std::to_string(100 + i));
        }
        bench.open_cart("a", Script::with_keys, counts);
        counts["HERE"] = 1;
        counts["OUT"] = 1;
        bench.snapshot(counts);
        bench.submit("LOOSE", 1);  // its count is not known
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.exclude.insert("OUT");
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes,
                                                      sync::Credentials::unchanged, bench.now));
        });
        import_orders(bench);
        counts.erase("HERE");
        counts.erase("OUT");
        Shop shop{bench, counts};
        for (const auto* sku : {"HERE", "OUT", "LOOSE", "NOBODY"}) some.skus->push_back(sku);
        const auto job = start(bench, Kind::send_qoh, some);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "HERE").cause == jobs::Cause::only_here);
        CHECK(line(bench, job, "OUT").result == ItemResult::skipped);
        CHECK(line(bench, job, "LOOSE").result == ItemResult::waiting);
        CHECK(line(bench, job, "NOBODY").text == "The Order Manager does not know this SKU.");
        CHECK(bench.store.jobs.get(job)->done == 34);
    }
    TEST_CASE("a difference that a person cancelled is not sent after all when the SKU changes again") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        submit_and_cancel(bench, "X", -2);
        bench.submit("X", -1);
        shop.serve(4);
        REQUIRE(shop.counts["X"] == 9);
        bench.pass(std::chrono::minutes{2});
        shop.serve(20);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.has_alert("drift"));
        const auto audit = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, audit, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 9);
        start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        CHECK_FALSE(std::ranges::any_of(bench.store.alerts.list(),
                                        [](const auto& alert) { return alert.sku == "X"; }));
    }
    TEST_CASE(
        "a difference that a person cancelled is named also where another post of the SKU was under way") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        have_rejected(bench, "X", -2);
        bench.submit("X", -1);
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.cancel(
                {{bench.posts(State::rejected).front().post.id}, {}}, "typo", bench.now));
        });
        shop.serve(4);
        REQUIRE(shop.counts["X"] == 9);
        bench.pass(std::chrono::minutes{2});
        shop.serve(6);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.has_alert("drift"));
    }
    TEST_CASE("a difference that a person cancelled is named without the connector, too") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.turn([&] {
            bench.cart("a").cart.learned.counts = cart::CountSource::qohquery;
            bench.cart("a").cart.is_paused = true;
        });
        bench.submit("X", -2);
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.cancel({{bench.posts(State::queued).front().post.id}, {}},
                                                          "typo", bench.now));
            bench.cart("a").cart.is_paused = false;
        });
        import_orders(bench, "101");
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(shop.counts["X"] == 10);
        CHECK(bench.has_alert("drift"));
    }
    TEST_CASE("a job that comes to its posts within one turn sees to it that they leave in the next") {
        Workbench bench;
        bench.works_on = true;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}}};
        start(bench, Kind::send_qoh);
        for (int i = 0; i < 100 && bench.posts().empty(); ++i) {
            if (bench.asks().empty()) bench.pass(some_time);
            else shop.answer_next();
        }
        REQUIRE(bench.only_post().post.state == State::queued);
        REQUIRE(bench.asks().empty());
        const auto next = bench.controller.next_wakeup(bench.now);
        REQUIRE(next);
        CHECK(*next <= bench.now.steady);
    }
}
