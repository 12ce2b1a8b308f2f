// Jobs on a controller in memory, taking back: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

namespace {

// A person installs the connector on the store.
void install_connector(Workbench& bench) {
    bench.turn([&] {
        auto& cart = bench.cart("a");
        cart.cart.stop = cart::Stop::none;
        cart.cart.learned.extension = extension_of(Script::with_keys);
        bench.controller.board.save(cart);
    });
}

}  // namespace

TEST_SUITE("Jobs: undo") {
    TEST_CASE("undo takes a Send back as differences, once, and holds its listings from repair") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        shop.counts["X"] -= 1;  // sold since
        const auto preview = start(bench, Kind::undo, {.is_dry_run = true, .undoes = job});
        shop.serve();
        CHECK(line(bench, preview, "X").result == ItemResult::would_change);
        CHECK(shop.counts["X"] == 6);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(state(bench, undo) == jobs::State::done);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.listing("a", "X").held_version == bench.item("X").book_version);
        bench.turn([&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
    }
    TEST_CASE("an undo whose post was refused at first is not done once more when it was tried again") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 20}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 20);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve_until<stack::AskUpdate>();
        auto refused_for_good = rejected(cart::Cause::not_found);
        refused_for_good.is_key_confirmed = true;
        bench.answer(*bench.take<stack::AskUpdate>(), refused_for_good);
        shop.serve();
        REQUIRE(line(bench, undo, "X").result == ItemResult::error);
        REQUIRE(shop.counts["X"] == 20);
        const auto try_again = [&] {
            bench.turn([&] { (void)bench.controller.interventions.retry({{}, "a"}, bench.now); });
            shop.serve();
        };
        SUBCASE("tried again first") {
            try_again();
            REQUIRE(shop.counts["X"] == 10);
            bench.turn([&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
        }
        SUBCASE("undone again first") {
            start(bench, Kind::undo, {.undoes = job});
            shop.serve();
            REQUIRE(shop.counts["X"] == 10);
            CHECK(bench.posts(State::rejected).empty());
            try_again();
            CHECK(shop.counts["X"] == 10);
        }
    }
    TEST_CASE("a Send whose post was refused and that is undone is not sent after all") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 20}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskUpdate>();
        auto refused_for_good = rejected(cart::Cause::not_found);
        refused_for_good.is_key_confirmed = true;
        bench.answer(*bench.take<stack::AskUpdate>(), refused_for_good);
        shop.serve();
        Result<jobs::JobId> undo;
        bench.turn([&] { undo = bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now); });
        shop.serve();
        bench.turn([&] { (void)bench.controller.interventions.retry({{}, "a"}, bench.now); });
        shop.serve();
        CHECK(shop.counts["X"] == (undo ? 10 : 20));
        if (!undo) return;
        CHECK_FALSE(bench.has_alert("needs_decision"));
        // Nor is it a loss that an audit may make good.
        CHECK(bench.listing("a", "X").held_version == bench.item("X").book_version);
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
    }
    TEST_CASE("an audit says that somebody took a difference back, not that the store has lost it") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        REQUIRE(shop.counts["X"] == 10);
        const auto audit = start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["X"] == 10);
        CHECK(line(bench, audit, "X").result == ItemResult::different);
        CHECK(line(bench, audit, "X").cause == jobs::Cause::unknown);
        CHECK(line(bench, audit, "X").text.ends_with("a person took a difference back, or cancelled it."));
    }
    TEST_CASE("what an audit has repaired is taken back, and not repaired again") {
        OpenShop bench{Script::with_moves, {{"X", 10}, {"Y", 4}}, {{"X", 10}, {"Y", 4}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        shop.counts["X"] = 12;
        shop.counts["Y"] = 5;
        shop.open = 0;
        const auto preview = start(bench, Kind::audit, {.is_dry_run = true});
        shop.serve();
        CHECK(line(bench, preview, "X").result == jobs::ItemResult::would_change);
        const auto audit = start(bench, Kind::audit);
        shop.serve();
        REQUIRE(shop.counts["X"] == 10);
        REQUIRE(shop.counts["Y"] == 4);
        const auto undo = start(bench, Kind::undo, {.undoes = audit});
        shop.serve();
        CHECK(shop.counts["X"] == 12);
        CHECK(shop.counts["Y"] == 5);
        CHECK(bench.has_alert("drift"));
        start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["X"] == 12);
        bench.turn([&] {
            const auto again = bench.controller.jobs.start(Kind::undo, "a", {.undoes = audit}, bench.now);
            CHECK_FALSE(again);
            const auto of_undo = bench.controller.jobs.start(Kind::undo, "a", {.undoes = undo}, bench.now);
            REQUIRE_FALSE(of_undo);
            CHECK(of_undo.error().message.find("cannot be taken back") != std::string::npos);
        });
    }
    TEST_CASE("an audit that has only named differences has nothing to take back") {
        OpenShop bench{Script::with_keys, {{"X", 12}}, {{"X", 10}}};
        auto& shop = bench.shop;
        const auto audit = start(bench, Kind::audit);
        shop.serve();
        bench.turn([&] {
            const auto undo = bench.controller.jobs.start(Kind::undo, "a", {.undoes = audit}, bench.now);
            REQUIRE_FALSE(undo);
            CHECK(undo.error().message.find("changed no counts") != std::string::npos);
        });
    }
    TEST_CASE("undo of a Get withdraws what is open and hands the rest back") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 4}}, {{"X", 7}, {"Y", 1}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench, {}, {}, 1);
        REQUIRE(items.size() == 1);
        bench.turn([&] {  // X was taken over; of Y the Order Manager has not heard yet
            REQUIRE(bench.controller.handover.pull({"om", items[0].cursor, {}, 1, false}, bench.now));
        });
        bench.turn([&] { (void)bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now); });
        shop.serve();
        const auto back = pull(bench);
        REQUIRE(back.size() == 2);
        CHECK(back[0].sku == "Y");  // given, and not acknowledged: nobody knows whether it was applied
        CHECK(back[1].sku == "X");
        CHECK(back[1].delta == -3);
        const auto rest = pull(bench, back[1].cursor);
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(bench.item("Y").qoh.pieces == 4);
        REQUIRE(rest.size() == 1);  // now that Y was taken over, it is handed out the other way round
        CHECK(rest[0].sku == "Y");
        CHECK(rest[0].delta == -3);
        CHECK(pull(bench, rest[0].cursor).empty());
        CHECK(bench.item("Y").qoh.pieces == 1);
        CHECK(bench.listing("a", "Y").held_version == bench.item("Y").book_version);
    }
    TEST_CASE("undo of a Get waits for the Order Manager, and tells that the counts differ again when it has taken all over") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 4}}, {{"X", 7}, {"Y", 1}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        REQUIRE(pull(bench, pull(bench).back().cursor).empty());
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(state(bench, undo) == jobs::State::done);
        CHECK(line(bench, undo, "X").result == ItemResult::waiting);
        CHECK(line(bench, undo, "Y").result == ItemResult::waiting);
        CHECK_FALSE(bench.has_alert("drift"));
        bench.turn([&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });

        SUBCASE("as they come") {}
        SUBCASE("also where somebody cancels it: the Order Manager may take them over all the same") {
            bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(undo, bench.now)); });
            shop.serve();
            CHECK(line(bench, undo, "X").result == ItemResult::waiting);
        }
        const auto back = pull(bench);
        REQUIRE(back.size() == 2);
        REQUIRE(pull(bench, back[0].cursor).size() == 1);
        CHECK_FALSE(bench.has_alert("drift"));
        CHECK(pull(bench, back[1].cursor).empty());
        CHECK(line(bench, undo, "X").result == ItemResult::ok);
        CHECK(line(bench, undo, "Y").result == ItemResult::ok);
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(bench.has_alert("drift"));
    }
    TEST_CASE("undo withdraws what the Order Manager has not been given") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(pull(bench).empty());
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
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
    TEST_CASE("an undo does not wait for an item that the Order Manager has skipped") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
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
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
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
    TEST_CASE(
        "a count that the script only claimed to have set is not taken back once differences can be sent") {
        for (const bool only_claims : {true, false}) {
            OpenShop bench{Script::plain, {{"X", 10}}, {{"X", 7}}};
            auto& shop = bench.shop;
            make_absolute(bench);
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
        OpenShop bench{Script::plain, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
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
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        turn_off(bench);
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
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
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
        turn_off(bench);
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("a script that turns out to be absolute during an undo gets nothing more of it") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 20}, {"Z", 30}}, {{"X", 13}, {"Y", 24}, {"Z", 35}}};
        auto& shop = bench.shop;
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
    TEST_CASE("what waits for a later job does not do again what a person has undone since") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 10}}, {{"X", 7}, {"Y", 10}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        shop.orders_since = 1;
        shop.counts["X"] = 9;  // by hand
        shop.counts["Y"] = 11;
        const auto later = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, later, "X").result == ItemResult::waiting);
        REQUIRE(line(bench, later, "Y").result == ItemResult::waiting);
        start(bench, Kind::undo, {.is_dry_run = true, .undoes = job});
        shop.serve();
        CHECK(line(bench, later, "X").result == ItemResult::waiting);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        REQUIRE(line(bench, undo, "X").result == ItemResult::ok);
        CHECK(line(bench, later, "X").result == ItemResult::skipped);
        shop.orders_since = 0;
        import_orders(bench, "101");
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(shop.counts["X"] == 12);
        CHECK(shop.counts["Y"] == 10);
    }
    TEST_CASE("a verdict does not do again what a person has undone") {
        for (const bool is_held : {true, false}) {
            Workbench bench;
            park_one(bench);
            bench.turn([&] {
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
}
