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
    TEST_CASE("two carts cannot hand out the same SKU at once") {
        Workbench bench;
        bench.open_cart("b", Script::with_keys, {{"X", 15}});
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.turn([&] { REQUIRE(bench.controller.imports.imported({"b", bench.now.wall, "100", std::vector<sync::ImportedOrder>{}}, bench.now)); });
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
    TEST_CASE("a snapshot that ends while an item is open does not count it twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        bench.turn([&] { REQUIRE(bench.controller.snapshots.receive({"om", "long", 0, false, {}}, bench.now)); });
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        bench.turn([&] {
            const auto receipt = bench.controller.snapshots.receive({"om", "long", 1, true, {{"X", {15}, {}, true}}}, bench.now);
            REQUIRE(receipt);
            CHECK(receipt->retake == std::vector<std::string>{"X"});
        });
        pull(bench, items[0].cursor);
        CHECK(bench.item("X").qoh.pieces == 15);
    }
    TEST_CASE("an acknowledgement of what was never given out is not believed") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        bench.turn([&] { CHECK_FALSE(bench.controller.handover.pull({"om", 50, {}, 100, false}, bench.now)); });
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
    TEST_CASE("what a cancelled undo has taken back is not taken back again") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        for (int i = 0; i < 150; ++i) {
            store_counts["S" + std::to_string(1000 + i)] = 10;
            book["S" + std::to_string(1000 + i)] = 12;
        }
        bench.open_cart("a", Script::with_keys, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve(80);
        REQUIRE(state(bench, job) == jobs::State::done);
        REQUIRE(shop.counts["S1149"] == 12);
        const auto first = start(bench, Kind::undo, {.undoes = job});
        bench.turn();  // a slice of it
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(first, bench.now)); });
        shop.serve(20);
        start(bench, Kind::undo, {.undoes = job});
        shop.serve(80);
        for (const auto& [sku, qoh] : shop.counts) CHECK(qoh == 10);
    }
    TEST_CASE("a script that turns out to be absolute in the middle of a Send has the rest replaced") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 20}, {"Z", 30}});
        bench.snapshot({{"X", 13}, {"Y", 24}, {"Z", 35}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 20}, {"Z", 30}}};
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
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        bench.submit("X", -3);
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("what a cancelled Send had not sent to a cart that is off never leaves") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 5}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        Shop shop{bench, {{"X", 5}}};
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
    TEST_CASE("a Get settles the posts in doubt: whatever became of them is in the count that it takes") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.turn([&] {
            auto post = bench.only_post().post;
            bench.controller.queue.park(bench.cart("a"), post);
        });
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
            CHECK_FALSE(bench.controller.interventions.resolve(settled.front().post.id, stack::Proposal::not_applied, "sure", bench.now));
        });
    }
    TEST_CASE("a smaller job does not swallow what waits for a bigger one") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 8}});
        bench.snapshot({{"X", 10}, {"Y", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 8}}, 2};
        const auto all = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, all, "Y").result == ItemResult::waiting);
        const auto one = start(bench, Kind::send_qoh, {.skus = {{"X"}}});
        shop.serve();
        CHECK(line(bench, all, "X").result == ItemResult::skipped);
        CHECK(line(bench, all, "Y").result == ItemResult::waiting);
        CHECK(line(bench, one, "X").result == ItemResult::waiting);
    }
    TEST_CASE("what waits does not go out any more once it would wipe out counts") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        std::map<std::string, std::int64_t> zeros;
        for (int i = 0; i < 12; ++i) {
            const auto sku = "S" + std::to_string(i);
            store_counts[sku] = 10;
            book[sku] = 11;
            zeros[sku] = 0;
        }
        bench.open_cart("a", Script::with_keys, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "S3").result == ItemResult::waiting);
        bench.snapshot(zeros);
        shop.orders_since = 0;
        import_orders(bench, "102");
        bench.pass(std::chrono::seconds{31});
        shop.serve(30);
        CHECK(shop.counts["S3"] == 10);
        CHECK(line(bench, job, "S3").result == ItemResult::skipped);
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
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 10}, {"Y", 5}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::audit);
        const auto serve_until_listed = [&] {
            for (int i = 0; i < 20; ++i) {
                if (bench.asks().empty()) bench.turn();
                else if (std::holds_alternative<stack::AskAllCounts>(bench.asks().front().what)) return;
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
        (void)bench.controller.turn(bench.now, stack::Sendings::allowed,
                                    [] { throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}}; });
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
}
