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

namespace {

// A script that takes differences as counts: a job can only replace its counts.
void make_absolute(Workbench& bench) {
    bench.turn(
        [&] { bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now); });
}

// A person installs the connector on the store.
void install_connector(Workbench& bench) {
    bench.turn([&] {
        auto& cart = bench.cart("a");
        cart.cart.stop = cart::Stop::none;
        cart.cart.learned.extension = extension_of(Script::with_keys);
        bench.controller.board.save(cart);
    });
}

// The store refuses a change of the SKU; the post waits for a person.
void have_rejected(Workbench& bench, const std::string& sku, std::int64_t delta) {
    bench.submit(sku, delta);
    const auto update = bench.take<stack::AskUpdate>();
    REQUIRE(update);
    auto answer = rejected(cart::Cause::not_found);
    answer.is_key_confirmed = true;
    bench.answer(*update, answer);
    REQUIRE(bench.posts(State::rejected).size() == 1);
}

// The Order Manager imports the orders that made SKUs wait; what waits is looked at again.
void let_go_on(Workbench& bench, Shop& shop, const std::string& last) {
    shop.orders_since = 0;
    import_orders(bench, last);
    bench.pass(std::chrono::seconds{31});
}

std::map<std::string, std::int64_t> dozen(std::int64_t qoh) {
    std::map<std::string, std::int64_t> counts;
    for (int i = 0; i < 12; ++i) counts["S" + std::to_string(10 + i)] = qoh;
    return counts;
}

}  // namespace

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
    TEST_CASE("a snapshot that ends while an item is open does not count it twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
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
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
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
            CHECK_FALSE(bench.controller.interventions.resolve(
                settled.front().post.id, stack::Proposal::not_applied, "sure", bench.now));
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
    // --- what Get QOH has handed out
    // -----------------------------------------------------------------------------
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
    TEST_CASE("an undo does not wait for an item that the Order Manager has skipped") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        REQUIRE(line(bench, undo, "X").result == ItemResult::waiting);
        CHECK(pull(bench, items[0].cursor, {{items[0].cursor, "kit"}}).empty());
        CHECK(line(bench, undo, "X").result == ItemResult::skipped);
        CHECK(bench.item("X").qoh.pieces == 7);
    }
    TEST_CASE("an undo that is begun anew hands back once what the Order Manager had in its hands") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        const auto first = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        bench.turn(
            [&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(first, bench.now)); });
        const auto second = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(line(bench, first, "X").result == ItemResult::skipped);
        const auto back = pull(bench, items[0].cursor);
        REQUIRE(back.size() == 1);
        CHECK(back[0].job == second);
        CHECK(back[0].delta == -3);
        CHECK(pull(bench, back[0].cursor).empty());
        CHECK(bench.item("X").qoh.pieces == 7);
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

    // --- what waits
    // ----------------------------------------------------------------------------------------------
    TEST_CASE("a new product that had to wait is handed out when it can be") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"NEW", 4}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"NEW", 4}}, 2};
        const auto job = start(bench, Kind::get_qoh, {.creates_records = true});
        shop.serve();
        REQUIRE(line(bench, job, "NEW").result == ItemResult::waiting);
        // One piece of it was in those orders.
        shop.orders_since = 0;
        import_orders(bench, "102", {{"102", {{"102", "NEW", "", 1, 0, {}}}}});
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "NEW").result == ItemResult::new_);
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        CHECK(items[0].is_new_product);
        CHECK(items[0].delta == 5);
    }
    TEST_CASE("a SKU that waits and is gone from the store ends as not found") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 8}});
        bench.snapshot({{"X", 10}, {"Y", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        shop.counts.erase("X");
        let_go_on(bench, shop, "102");
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::not_found);
        CHECK(line(bench, job, "Y").result == ItemResult::ok);
    }
    TEST_CASE("a SKU that waits and is excluded, unmapped or not counted any more ends in words") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 8}, {"Z", 8}});
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.sku_map["M"] = {"Y"};
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes,
                                                      sync::Credentials::unchanged, bench.now));
        });
        bench.snapshot({{"X", 10}, {"M", 10}, {"Z", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 8}, {"Z", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        for (const auto* sku : {"X", "Y", "Z"}) REQUIRE(line(bench, job, sku).result == ItemResult::waiting);
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.exclude.insert("X");
            config.sku_map["M"] = {"OTHER"};
            config.sku_map["NOBODY"] = {"Y"};
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes,
                                                      sync::Credentials::unchanged, bench.now));
            auto item = bench.item("Z");
            item.is_tracked = false;
            bench.store.items.save(item);
        });
        bench.pass(std::chrono::seconds{31});
        shop.serve(4);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
        CHECK(line(bench, job, "Y").result == ItemResult::skipped);
        CHECK(line(bench, job, "X").text.find("excluded") != std::string::npos);
        CHECK(line(bench, job, "Y").text.find("not sold under this SKU") != std::string::npos);
        CHECK(line(bench, job, "Z").result == ItemResult::not_tracked);
        CHECK(bench.store.jobs.with_waiting(bench.cart("a").cart.key).empty());
    }
    TEST_CASE("where counts can only be replaced a SKU that cannot be sent now asks for another Send") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        make_absolute(bench);
        Shop shop{bench, {{"X", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::error);
        CHECK(line(bench, job, "X").text.find("Start Send again") != std::string::npos);
        CHECK(shop.counts["X"] == 8);
    }
    TEST_CASE("a SKU that waits at a script that turns out to be absolute asks for another Send") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.turn([&] { bench.cart("a").cart.learned.dialect.reset(); });  // as if it took no differences
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::error);
    }
    TEST_CASE("a preview with SKUs that would wait is not taken up again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.pass(std::chrono::minutes{5});
        shop.serve(2);
        CHECK(*bench.controller.next_wakeup(bench.now) > bench.now.steady + std::chrono::hours{2});
    }
    TEST_CASE("a post that was under way when its job was cancelled is followed to its end") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskUpdate>();
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        shop.serve(4);
        bench.pass(std::chrono::minutes{1});
        shop.serve(2);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("the later word counts: what an older job's round had read does nothing any more") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}}, 2};
        const auto older = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, older, "X").result == ItemResult::waiting);
        let_go_on(bench, shop, "102");
        for (int look = 0; look < 2; ++look) {
            shop.serve_until<stack::AskCounts>();
            shop.answer_next();
        }
        shop.serve_until<stack::AskOrderCount>();  // the last question of the round
        const auto asked = bench.asks().front();
        bench.asks().clear();
        const auto newer = start(bench, Kind::get_qoh);
        shop.answer(asked);
        CHECK(bench.posts().empty());
        shop.serve();
        CHECK(line(bench, newer, "X").result == ItemResult::ok);
        CHECK(line(bench, older, "X").result == ItemResult::skipped);
        CHECK(bench.posts().empty());
        CHECK(pull(bench)[0].delta == -2);
    }
    TEST_CASE("where the connector names the orders, an import does not disturb a round") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 8}}};
        bench.turn([&] {
            REQUIRE(bench.controller.snapshots.receive({"om", "long", 0, false, {}}, bench.now));
        });
        auto item = bench.item("X");
        bench.turn([&] {
            item.needs_retake = true;
            bench.store.items.save(item);
        });
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.turn([&] {
            item.needs_retake = false;
            bench.store.items.save(item);
        });
        bench.pass(std::chrono::hours{1});
        shop.serve_until<stack::AskMoves>();
        import_orders(bench, "150");
        shop.answer_next();
        bench.pass(some_time);
        REQUIRE_FALSE(bench.asks().empty());
        shop.answer_next();
        CHECK(bench.posts().size() == 1);
    }

    // --- web orders
    // ----------------------------------------------------------------------------------------------
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

    // --- the guard
    // -----------------------------------------------------------------------------------------------
    TEST_CASE("the guard is asked again when the counts are read long after the list") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, dozen(11));
        bench.snapshot(dozen(10));
        open_floor(bench);
        Shop shop{bench, dozen(11)};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve_until<stack::AskMoves>();
        bench.now.wall += std::chrono::hours{5};
        bench.now.steady += std::chrono::hours{5};
        for (auto& [sku, qoh] : shop.counts) qoh = 0;  // somebody has emptied the shop
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "zeros");
        CHECK(pull(bench).empty());
    }
    TEST_CASE("the guard is asked again when counts are read anew before they are replaced") {
        Workbench bench;
        bench.open_cart("a", Script::plain, dozen(10));
        bench.snapshot(dozen(11));
        import_orders(bench);
        make_absolute(bench);
        bench.cart("a").cart.config.items_per_send = 1;
        Shop shop{bench, dozen(10)};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskReplace>();
        bench.now.wall += std::chrono::hours{5};
        bench.now.steady += std::chrono::hours{5};
        for (auto& [sku, qoh] : shop.counts) qoh = 500;
        shop.serve(30);
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "wipe");
        CHECK(bench.store.jobs.get(job)->message.find("Nothing more is changed") != std::string::npos);
        CHECK(std::ranges::count_if(shop.counts, [](const auto& entry) { return entry.second == 11; }) <= 5);
    }
    TEST_CASE("a job that begins anew after a restart asks the guard anew") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, dozen(11));
        bench.snapshot(dozen(10));
        import_orders(bench);
        Shop shop{bench, dozen(11)};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve_until<stack::AskAllCounts>();
        shop.answer_next();
        bench.restart();
        for (auto& [sku, qoh] : shop.counts) qoh = 0;
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(pull(bench).empty());
    }
    TEST_CASE("a preview says that the guard would ask, and changes nothing") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, dozen(11));
        bench.snapshot(dozen(0));
        import_orders(bench);
        Shop shop{bench, dozen(11)};
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        const auto done = *bench.store.jobs.get(job);
        CHECK(done.state == jobs::State::done);
        CHECK(done.code == "zeros");
        CHECK(done.message.find("12 of 12") != std::string::npos);
        CHECK_FALSE(bench.has_alert("guard"));
    }

    // --- taking back
    // ---------------------------------------------------------------------------------------------
    TEST_CASE(
        "a count that the script only claimed to have set is not taken back once differences can be sent") {
        for (const bool only_claims : {true, false}) {
            Workbench bench;
            bench.open_cart("a", Script::plain, {{"X", 10}});
            bench.snapshot({{"X", 7}});
            import_orders(bench);
            make_absolute(bench);
            Shop shop{bench, {{"X", 10}}};
            shop.only_claims = only_claims;
            const auto job = start(bench, Kind::send_qoh);
            shop.serve();
            REQUIRE(shop.counts["X"] == (only_claims ? 10 : 7));
            const auto early = start(bench, Kind::undo, {.is_dry_run = true, .undoes = job});
            shop.serve();
            CHECK(line(bench, early, "X").result ==
                  ItemResult::error);  // nothing can be sent as a difference yet
            install_connector(bench);
            const auto undo = start(bench, Kind::undo, {.undoes = job});
            shop.serve();
            CHECK(line(bench, undo, "X").result == (only_claims ? ItemResult::error : ItemResult::ok));
            CHECK(shop.counts["X"] == 10);
        }
    }
    TEST_CASE("a post that was settled otherwise is not taken back") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskUpdate>();
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.turn([&] {
            auto post = bench.only_post().post;
            bench.controller.queue.park(bench.cart("a"), post);
            REQUIRE(bench.controller.queue.move(bench.cart("a"), post, stack::On::gap_sent, bench.now));
        });
        shop.serve();
        REQUIRE(state(bench, job) == jobs::State::done);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(line(bench, undo, "X").result == ItemResult::error);
        CHECK(bench.posts().size() == 1);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("an undo that is cancelled at a cart that is off can be done again, and is done once") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        jobs::JobId first = 0;
        (void)bench.controller.turn(bench.now, stack::Sendings::allowed, [&] {
            first = *bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now);
            bench.cart("a").cart.is_paused = true;
        });
        bench.turn([&] {
            // A slice of it, of which nothing has left yet.
            auto listing = bench.listing("a", "X");
            bench.controller.queue.add(bench.cart("a"), listing, {3}, inventory::Quantity{10}, bench.now);
            auto done = *bench.store.jobs.item(job, "X");
            done.job = first;
            done.delta = 3;
            done.stage = jobs::Stage::posted;
            done.post = bench.store.posts.unsent_of(listing.key)->id;
            bench.store.jobs.put(done);
        });
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(first, bench.now)); });
        CHECK(line(bench, first, "X").result == ItemResult::skipped);
        bench.turn([&] { bench.cart("a").cart.is_paused = false; });
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(shop.counts["X"] == 10);
        bench.turn(
            [&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
    }
    TEST_CASE(
        "what an undo had posted and never sent, because the cart was turned off, can be taken back anew") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        jobs::JobId first = 0;
        bench.turn([&] {
            first = *bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now);
            // A person has paused its post before it left.
            const auto listing = bench.listing("a", "X");
            bench.controller.queue.add(bench.cart("a"), listing, {3}, inventory::Quantity{10}, bench.now);
            auto post = *bench.store.posts.unsent_of(listing.key);
            post.is_paused = true;
            post.due = bench.now.steady + std::chrono::hours{9};
            bench.store.posts.save(post);
            auto posted = *bench.store.jobs.item(job, "X");
            posted.job = first;
            posted.delta = 3;
            posted.stage = jobs::Stage::posted;
            posted.post = post.id;
            bench.store.jobs.put(posted);
        });
        shop.serve(3);
        REQUIRE(line(bench, first, "X").result == ItemResult::waiting);
        bench.turn(
            [&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("a script that turns out to be absolute during an undo gets nothing more of it") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 20}, {"Z", 30}});
        bench.snapshot({{"X", 13}, {"Y", 24}, {"Z", 35}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 20}, {"Z", 30}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve(30);
        REQUIRE(shop.counts["Z"] == 35);
        bench.turn([&] { bench.cart("a").cart.adds = false; });  // another script has been installed since
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve_until<stack::AskUpdate>();
        const auto update = bench.take<stack::AskUpdate>();
        REQUIRE(update);
        const auto& asked = std::get<stack::AskUpdate>(update->what).update;
        shop.counts[asked.sku] = asked.delta;
        bench.answer(*update, applied(asked.delta));
        shop.serve(30);
        CHECK(state(bench, undo) == jobs::State::done);
        CHECK(bench.cart("a").cart.stop == cart::Stop::absolute_script);
        CHECK(shop.counts["Y"] == 24);
        CHECK(shop.counts["Z"] == 35);
        CHECK(line(bench, undo, "Z").result == ItemResult::error);
        CHECK(line(bench, undo, "Z").delta == 0);
    }
    TEST_CASE("a verdict does not do again what a person has undone") {
        for (const bool is_held : {true, false}) {
            Workbench bench;
            bench.open_cart("a", Script::plain, {{"X", 10}});
            bench.snapshot({{"X", 10}});
            bench.submit("X", -2);
            bench.answer(*bench.take<stack::AskUpdate>(), unclear());
            bench.turn([&] {
                auto post = bench.only_post().post;
                bench.controller.queue.park(bench.cart("a"), post);
                auto listing = bench.listing("a", "X");
                if (is_held) listing.held_version = bench.item("X").book_version;
                bench.store.listings.save(listing);
            });
            Shop shop{bench, {{"X", 10}}};
            for (int i = 0; i < 30; ++i) shop.serve(2);  // the doubt settles
            import_orders(bench);
            bench.pass(std::chrono::seconds{31});
            shop.serve(30);
            CHECK(shop.counts["X"] == (is_held ? 10 : 8));
            CHECK(bench.has_alert("needs_decision") == is_held);
        }
    }

    // --- restarts, carts that are off, cancelled posts
    // -------------------------------------------------------------
    TEST_CASE(
        "a count that was to be replaced when the agent ended is judged anew, and none is replaced twice") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.snapshot({{"X", 9}, {"Y", 9}});
        import_orders(bench);
        make_absolute(bench);
        bench.cart("a").cart.config.items_per_send = 1;
        Shop shop{bench, {{"X", 10}, {"Y", 10}}};
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
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.snapshot({{"X", 9}, {"Y", 9}});
        import_orders(bench);
        make_absolute(bench);
        bench.cart("a").cart.config.items_per_send = 1;
        Shop shop{bench, {{"X", 10}, {"Y", 10}}};
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
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
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
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.turn([&] { bench.cart("a").cart.is_paused = true; });
        bench.submit("X", -2);
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.cancel({{bench.posts(State::queued).front().post.id}, {}},
                                                          "typo", bench.now));
            bench.cart("a").cart.is_paused = false;
        });
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
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
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
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
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
