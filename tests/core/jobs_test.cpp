// Jobs on a controller in memory: Get QOH, Send QOH, audit, undo, and what waits.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/store/database.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

TEST_SUITE("Jobs") {
    TEST_CASE("Send closes the gap as a difference, aligns the listing and reads back") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 5}}, {{"X", 7}, {"Y", 5}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        const auto x = line(bench, job, "X");
        CHECK(x.result == ItemResult::ok);
        CHECK(x.delta == -3);
        CHECK(x.before == 10);
        CHECK(x.after == 7);
        CHECK(x.text == "-3 as a difference: what the store sells meanwhile stays. Confirmed: read back, the store has 7.");
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 2);
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.listing("a", "Y").is_aligned);
    }
    TEST_CASE("a cart counts as compared once a job has looked at all its counts, until it is turned off") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 5}}, {{"X", 7}, {"Y", 5}}};
        auto& shop = bench.shop;
        const auto is_aligned = [&] { return bench.cart("a").cart.is_aligned; };
        const auto after = [&](Kind kind, jobs::Options options) {
            start(bench, kind, std::move(options));
            shop.serve();
            return is_aligned();
        };
        const auto turn_on = [&] {
            bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", true, bench.now); });
            shop.serve();
        };
        CHECK_FALSE(is_aligned());
        CHECK_FALSE(after(Kind::send_qoh, {.is_dry_run = true}));
        CHECK_FALSE(after(Kind::audit, {.skus = {{"X"}}}));
        CHECK(after(Kind::send_qoh, {}));
        bench.restart();
        CHECK(is_aligned());
        turn_off(bench);
        CHECK_FALSE(is_aligned());
        turn_on();
        CHECK_FALSE(is_aligned());
        turn_off(bench);
        // Made equal while it is off, it is so when it is turned on; not where a book has moved since.
        CHECK(after(Kind::send_qoh, {}));
        turn_on();
        CHECK(is_aligned());
        turn_off(bench);
        CHECK(after(Kind::audit, {}));
        bench.pass(some_time);
        bench.submit("X", -1);
        turn_on();
        CHECK_FALSE(is_aligned());
    }
    TEST_CASE("a job that could conclude nothing has compared nothing") {
        OpenShop bench{Script::plain, {{"X", 10}}, {{"X", 7}}};
        bench.turn([&] { bench.cart("a").cart.import_complete = false; });
        start(bench, Kind::send_qoh);
        bench.shop.serve();
        CHECK_FALSE(bench.cart("a").cart.is_aligned);
    }
    TEST_CASE("a sale between the look and the post survives a Send") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 20}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        for (int i = 0; i < 40; ++i) {
            if (bench.asks().empty()) bench.pass(some_time);
            else if (std::holds_alternative<stack::AskUpdate>(bench.asks().front().what)) break;
            else {
                const auto ask = bench.asks().front();
                bench.asks().erase(bench.asks().begin());
                shop.answer(ask);
            }
            for (int slice = 0; slice < 5; ++slice) bench.turn();
        }
        REQUIRE_FALSE(bench.asks().empty());
        REQUIRE(std::holds_alternative<stack::AskUpdate>(bench.asks().front().what));
        shop.counts["X"] -= 1;  // a buyer
        shop.serve();
        CHECK(shop.counts["X"] == 19);
    }
    TEST_CASE("a preview changes nothing and says what would change") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 5}}, {{"X", 7}, {"Y", 5}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::would_change);
        CHECK(line(bench, job, "X").after == 7);
        CHECK(bench.posts().empty());
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("Get hands out the gap; the acknowledgement moves the book and aligns the listing") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}}, 2);
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        auto items = pull(bench);
        REQUIRE(items.size() == 1);
        CHECK(items[0].delta == 5);  // 10 at the store and a buffer of 2
        CHECK(items[0].qoh == 12);
        CHECK(bench.item("X").qoh.pieces == 7);
        // Unacknowledged it stays, and stands in the way of a snapshot.
        CHECK(pull(bench).size() == 1);
        bench.turn([&] { CHECK_FALSE(bench.controller.snapshots.receive({"om", "late", 0, false, {}}, bench.now)); });
        CHECK(pull(bench, items[0].cursor).empty());
        CHECK(bench.item("X").qoh.pieces == 12);
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.posts().empty());  // the store has these pieces already
        // A second acknowledgement does nothing.
        CHECK(pull(bench, items[0].cursor).empty());
        CHECK(bench.item("X").qoh.pieces == 12);
    }
    TEST_CASE("what Get took over is posted to the other carts, once") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        bench.submit("X", 0);
        pull(bench, items[0].cursor);
        const auto post = bench.only_post();
        CHECK(post.cart == "b");
        CHECK(post.post.delta.pieces == 3);
        // The Order Manager tells of the change that it made: it moves nothing again.
        auto change = bench.change("X", 3);
        change.reason = inventory::Reason::get_qoh;
        change.origin_cart = "a";
        bench.submit(change);
        CHECK(bench.item("X").qoh.pieces == 10);
        CHECK(bench.posts().size() == 1);
    }
    TEST_CASE("an item that the Order Manager skips moves nothing and is named") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        pull(bench, items[0].cursor, {{items[0].cursor, "kit"}});
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
    }
    TEST_CASE("two consumers do not share the queue until one takes over") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        const auto pull_as = [&](const std::string& consumer, std::optional<std::int64_t> ack = {}, bool takes_over = false) {
            Result<jobs::PullAnswer> answer;
            bench.turn([&] { answer = bench.controller.handover.pull({consumer, ack, {}, 10, takes_over}, bench.now); });
            return answer;
        };
        REQUIRE(pull_as("curious"));  // finds nothing, and holds nothing
        start(bench, Kind::get_qoh);
        bench.shop.serve();
        const auto items = pull_as("om");
        REQUIRE(items);
        REQUIRE(items->items.size() == 1);
        const auto refused = pull_as("other");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::conflict);
        CHECK(refused.error().message.ends_with("stocktrayctl pull --consumer other --take-over"));
        CHECK(pull_as("other", {}, true));
        CHECK_FALSE(pull_as("om"));
        CHECK(pull_as("other", items->items[0].cursor));
        CHECK(pull_as("om"));  // nothing is left that could be applied twice
    }
    TEST_CASE("products that only the store knows are skipped, or handed out as new ones") {
        for (const bool creates : {false, true}) {
            OpenShop bench{Script::with_keys, {{"NEW", 4}, {"x", 1}}, {{"X", 7}}};
            auto& shop = bench.shop;
            const auto job = start(bench, Kind::get_qoh, {.creates_records = creates});
            shop.serve();
            CHECK(line(bench, job, "NEW").result == (creates ? ItemResult::new_ : ItemResult::skipped));
            CHECK(line(bench, job, "NEW").cause == jobs::Cause::only_at_store);
            CHECK(line(bench, job, "x").cause == jobs::Cause::case_differs);
            CHECK(line(bench, job, "X").result == ItemResult::not_found);
            const auto items = pull(bench);
            REQUIRE(items.size() == (creates ? 1 : 0));
            if (!creates) continue;
            CHECK(items[0].is_new_product);
            pull(bench, items[0].cursor);
            CHECK(bench.item("NEW").qoh.pieces == 4);
            CHECK(bench.item("NEW").has_baseline);
        }
    }
    TEST_CASE("web orders that are not imported are no difference") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        // Order 100 holds 2 pieces that the Order Manager has not taken yet.
        import_orders(bench, "100", {{"100", {{"100", "X", "", 2, 0, {}}}}});
        Shop shop{bench, {{"X", 8}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(shop.counts["X"] == 8);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
    }
    TEST_CASE("orders since the last import make differing SKUs wait, and the next import lets them go on") {
        OpenShop bench{Script::with_keys, {{"X", 8}, {"Y", 5}}, {{"X", 10}, {"Y", 5}}, 3};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
        CHECK(bench.posts().empty());
        // One piece of X was in them; the other one is really missing.
        auto change = bench.change("X", -1);
        change.reason = inventory::Reason::web_order_imported;
        change.origin_cart = "a";
        change.order = "103";
        bench.submit(change);
        shop.orders_since = 0;
        import_orders(bench, "103", {{"103", {{"103", "X", "", 1, 1, {}}}}});
        bench.pass(std::chrono::seconds{31});
        shop.serve_until<stack::AskUpdate>();
        shop.answer_next();
        CHECK(shop.counts["X"] == 9);
        bench.pass(std::chrono::seconds{3});  // its line follows soon
        CHECK(line(bench, job, "X").result == ItemResult::ok);
    }
    TEST_CASE("without any import a job only names, unless a person says that none waits") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 8}}};
        const auto careful = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(line(bench, careful, "X").result == ItemResult::waiting);
        CHECK(shop.counts["X"] == 8);
        const auto sure = start(bench, Kind::send_qoh, {.allows_pending = true});
        shop.serve();
        CHECK(line(bench, sure, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 10);
        // What waited was left to the second job.
        CHECK(line(bench, careful, "X").result == ItemResult::skipped);
    }
    TEST_CASE("a post under way makes its SKU wait and is not sent twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.submit("X", -2);
        const auto update = *bench.take<stack::AskUpdate>();
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve(10);
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        CHECK(line(bench, job, "X").cause == jobs::Cause::in_flight);
        shop.answer(update);
        shop.serve(20);
        CHECK(shop.counts["X"] == 8);
        CHECK(bench.posts().size() == 1);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
    }
    TEST_CASE("one job at a time works at a cart") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        start(bench, Kind::audit);
        bench.turn([&] {
            const auto second = bench.controller.jobs.start(Kind::send_qoh, "a", {}, bench.now);
            REQUIRE_FALSE(second);
            CHECK(second.error().code == ErrorCode::conflict);
            CHECK(second.error().message.find("Audit") != std::string::npos);
        });
    }
    TEST_CASE("a cancelled job does nothing more, whatever comes in late") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        const auto asked = bench.asks().front();
        bench.asks().clear();
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        shop.answer(asked);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::cancelled);
        CHECK(bench.posts().empty());
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("an audit names a difference, repairs nothing by itself without the connector's word") {
        OpenShop bench{Script::with_keys, {{"X", 12}}, {{"X", 10}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::audit);
        shop.serve();
        const auto x = line(bench, job, "X");
        CHECK(x.result == ItemResult::different);
        CHECK(x.cause == jobs::Cause::unaligned);
        CHECK(bench.has_alert("drift"));
        CHECK(bench.posts().empty());
    }
    TEST_CASE("with the connector's word an audit repairs a lost difference, once a day") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(bench.listing("a", "X").is_aligned);
        bench.submit("X", -3);
        shop.serve(2);
        REQUIRE(shop.counts["X"] == 7);
        shop.counts["X"] = 10;  // the shop wrote the number that it had read before
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        CHECK(line(bench, job, "X").cause == jobs::Cause::lost_at_store);
        CHECK(line(bench, job, "X").text.ends_with("was put on the post stack."));
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        shop.counts["X"] = 10;
        const auto second = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, second, "X").result == ItemResult::different);
        CHECK(bench.has_alert("drift"));
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("an unfinished order looks like a loss and is not repaired") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        shop.counts["X"] = 8;
        shop.open = 2;
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 8);
    }
    TEST_CASE("a second look a minute after the confirmation finds what the shop overwrote and sends it again") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.submit("X", -3);
        shop.serve(1);
        shop.counts["X"] = 10;
        bench.pass(std::chrono::seconds{61});
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        CHECK_FALSE(bench.has_alert("drift"));
    }
    TEST_CASE("a script that takes no differences has its counts replaced and read back") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 7}, {"Y", 5}});
        import_orders(bench);
        bench.turn([&] {
            bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now);
        });
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(line(bench, job, "X").text == "By a count of 7: this script takes no differences, so a sale in the same moment is "
                                            "overwritten. Confirmed: read back, the store has 7.");
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("a script that claims to have set a count and has not is told apart from the truth") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        bench.turn([&] {
            bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now);
        });
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.only_claims = true;
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(line(bench, job, "X").after == 10);
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
    }
    TEST_CASE("a cart that is not synchronized can be filled before it is") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}};
        auto& shop = bench.shop;
        turn_off(bench);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(bench.only_post().post.state == State::confirmed);
    }
    TEST_CASE("a turn that could not be committed makes the job read anew and do nothing twice") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 9}}, {{"X", 7}, {"Y", 4}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 30; ++i) {
            (void)bench.controller.turn(bench.now, stack::Sendings::allowed,
                                        [] { throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}}; });
            shop.serve(1);
        }
        shop.serve(20);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(shop.counts["Y"] == 4);
    }
    TEST_CASE("an audit begins by itself when it is due, more often in a cart's first weeks") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 10}}};
        bench.pass(std::chrono::hours{23});
        CHECK(bench.store.jobs.list({}, {}, 10).empty());
        bench.pass(std::chrono::hours{2});
        shop.serve();
        REQUIRE(bench.store.jobs.list({}, {}, 10).size() == 1);
        CHECK(bench.store.jobs.list({}, {}, 10)[0].kind == Kind::audit);
        CHECK(*bench.controller.next_wakeup(bench.now) <= bench.now.steady + std::chrono::hours{24});
    }
    TEST_CASE("a cancelled post has its SKU looked at") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        auto& shop = bench.shop;
        start(bench, Kind::send_qoh);
        shop.serve();
        submit_and_cancel(bench, "X", -2);
        shop.serve();
        // The book says 8, the store has 10. That was a person's will: it is named, and not sent after all.
        CHECK(shop.counts["X"] == 10);
        CHECK(bench.has_alert("drift"));
    }
    TEST_CASE("a selected SKU that only the store knows is created, however many are selected") {
        for (const bool are_many : {false, true}) {
            Workbench bench;
            std::map<std::string, std::int64_t> counts{{"NEW", 4}, {"OTHER", 5}, {"X", 7}};
            Shop shop{bench, counts};
            bench.open_cart("a", Script::with_keys, counts);
            bench.snapshot({{"X", 7}});
            import_orders(bench);
            std::vector<std::string> skus{"NEW", "X", "NOWHERE"};
            for (int i = 0; are_many && i < 40; ++i) skus.push_back("NOWHERE-" + std::to_string(i));
            const auto job = start(bench, Kind::get_qoh, {.creates_records = true, .skus = skus});
            shop.serve();
            CHECK(state(bench, job) == jobs::State::done);
            CHECK(line(bench, job, "NEW").result == ItemResult::new_);
            CHECK(line(bench, job, "NOWHERE").result == ItemResult::not_found);
            CHECK_FALSE(bench.store.jobs.item(job, "OTHER"));
            const auto items = pull(bench);
            REQUIRE(items.size() == 1);
            CHECK(items[0].sku == "NEW");
            CHECK(items[0].is_new_product);
            CHECK(items[0].delta == 4);
        }
    }
    TEST_CASE("a selected SKU that only the store knows is not created unless that is wanted") {
        for (const bool are_many : {false, true}) {
            Workbench bench;
            Shop shop{bench, {{"NEW", 4}, {"X", 7}}};
            bench.open_cart("a", Script::with_keys, shop.counts);
            bench.snapshot({{"X", 7}});
            import_orders(bench);
            std::vector<std::string> skus{"NEW", "X"};
            for (int i = 0; are_many && i < 40; ++i) skus.push_back("NOWHERE-" + std::to_string(i));
            const auto job = start(bench, Kind::get_qoh, {.skus = skus});
            shop.serve();
            CHECK(line(bench, job, "NEW").text.starts_with("The Order Manager does not know this SKU."));
            CHECK(pull(bench).empty());
        }
    }
    TEST_CASE("the line of a post that the store refused tells no count that the store would have") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 12}}};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskUpdate>();
        const auto update = bench.take<stack::AskUpdate>();
        REQUIRE(update);
        auto answer = rejected(cart::Cause::not_found);
        answer.is_key_confirmed = true;
        bench.answer(*update, answer);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::error);
        CHECK(line(bench, job, "X").before == 10);
        CHECK_FALSE(line(bench, job, "X").after);
    }
}
