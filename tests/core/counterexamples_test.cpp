// Traces that broke earlier drafts, one each: every rule here has one.
#include <doctest/doctest.h>

#include "core/store/database.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using cart::Cause;
using inventory::Delta;
using inventory::Quantity;
using stack::AskUpdate;
using stack::AskVersion;
using stack::State;

namespace {

void answer_version(Workbench& bench, std::optional<cart::Extension> extension) {
    const auto who = bench.take<AskVersion>();
    REQUIRE(who);
    bench.answer(*who, version(std::move(extension)));
}

}  // namespace

TEST_SUITE("Counterexamples") {
    TEST_CASE("what an old copy of our database calls unsent is not sent again after the store is accepted") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);
        bench.submit("X", -1);  // queued, never sent by this life
        bench.answer(*bench.take<AskUpdate>(), unclear());
        auto extension = extension_of(Script::with_keys);
        extension.top = 900;
        answer_version(bench, extension);
        CHECK(bench.posts(State::queued).empty());
        bench.turn([&] { REQUIRE(bench.controller.standing.accept(bench.cart("a"), bench.now)); });
        bench.pass(Milliseconds{60'000});
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("what an old copy of our database calls rejected may have been sent again, and nobody sends it once more") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.submit("X", -1);
        bench.answer(*bench.take<AskUpdate>(), rejected(Cause::not_found));
        const auto id = bench.only_post().post.id;
        // A person has sent it again, and it was applied; then the folder was put back.
        bench.restart();
        REQUIRE(bench.controller.start(store::Trouble::restored, "machine", bench.now));
        CHECK(bench.only_post().post.state == State::uncertain);
        bench.turn([&] { REQUIRE(bench.controller.standing.accept(bench.cart("a"), bench.now)); });
        bench.turn([&] { (void)bench.controller.interventions.retry({{id}, {}}, bench.now); });
        bench.pass(Milliseconds{60'000});
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("what an old copy of our database says of web orders that wait is not believed after it is accepted") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        const sync::Import reported{"a", bench.now.wall, "100", std::vector<sync::ImportedOrder>{{"100", {{"100", "X", {}, 2, 2, {}}}}}};
        bench.turn([&] { REQUIRE(bench.controller.imports.imported(reported, bench.now)); });
        CHECK(bench.cart("a").cart.import_complete == false);  // its change is not there
        // The life that this copy does not remember has taken it; then the folder was put back.
        bench.restart();
        REQUIRE(bench.controller.start(store::Trouble::restored, "machine", bench.now));
        bench.turn([&] { REQUIRE(bench.controller.standing.accept(bench.cart("a"), bench.now)); });
        bench.snapshot({{"X", 8}});
        const sync::Import next{"a", bench.now.wall, "101", std::vector<sync::ImportedOrder>{}};
        bench.turn([&] { REQUIRE(bench.controller.imports.imported(next, bench.now)); });
        CHECK(bench.cart("a").cart.import_complete == true);
    }
    TEST_CASE("behind a restored store nothing is concluded before an import that was made after it") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 10}}};
        bench.turn([&] {
            bench.controller.standing.stop(bench.cart("a"), cart::Stop::store_restored, {}, bench.now);
            REQUIRE(bench.controller.standing.accept(bench.cart("a"), bench.now));
        });
        bench.shop.counts["X"] = 12;
        const auto job = start(bench, jobs::Kind::send_qoh);
        bench.shop.serve();
        CHECK(line(bench, job, "X").result == jobs::ItemResult::waiting);
        CHECK(bench.shop.counts["X"] == 12);
        import_orders(bench, "101");
        bench.shop.serve(30);
        CHECK(bench.shop.counts["X"] == 10);
    }
    TEST_CASE("an old copy's book is no measure for a doubt: nothing is concluded before it was counted anew") {
        // The copy knows of +5, which the life after it sent; that life also took 5 off, of which the copy knows nothing.
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", 5);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        auto extension = extension_of(Script::with_keys);
        extension.top = 900;
        answer_version(bench, extension);
        bench.turn([&] { REQUIRE(bench.controller.standing.accept(bench.cart("a"), bench.now)); });
        CHECK(bench.item("X").needs_retake);
        CHECK(bench.item("X").qoh == Quantity{15});
        bench.pass(Milliseconds{60'000});
        bench.snapshot({{"X", 10}});
        CHECK_FALSE(bench.item("X").needs_retake);
        CHECK(bench.item("X").qoh == Quantity{10});
    }
    TEST_CASE("what is offered again to an agent that was put back makes no post") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.restart();
        REQUIRE(bench.controller.start(store::Trouble::restored, "machine", bench.now));
        auto told = bench.change("X", -2);
        told.again = true;
        CHECK(bench.submit(told).accepted == 1);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("distrust of ourselves outranks any other reason to stop") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.turn([&] { bench.controller.standing.stop(bench.cart("a"), cart::Stop::credentials, {}, bench.now); });
        REQUIRE(bench.controller.start(store::Trouble::cloned, "another machine", bench.now));
        CHECK(bench.cart("a").cart.stop == cart::Stop::cloned);
        CHECK(bench.store.identity.get().machine == "another machine");
    }
    TEST_CASE("a post parked by switching off settles like any other before its gap is sent") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", -3);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        answer_version(bench, {});
        for (const bool on : {false, true})
            bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", on, bench.now); });
        answer_version(bench, {});
        const auto all = bench.take<stack::AskAllCounts>();
        REQUIRE(all);
        bench.answer(*all, counts({{"X", 10}}));
        bench.turn([&] {
            REQUIRE(bench.controller.imports.imported({"a", bench.now.wall, "100", std::vector<sync::ImportedOrder>{}},
                                                      bench.now));
        });
        bench.pass(Milliseconds{60'000});
        CHECK_FALSE(bench.take<stack::AskOrderCount>());
        bench.pass(Milliseconds{60'000});
        CHECK(bench.take<stack::AskOrderCount>());
    }
    TEST_CASE("the shop's orders are looked at only above a floor that a complete import has set two days ago") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        CHECK_FALSE(bench.cart("a").has_moves());
        const auto import = [&](const std::string& last) {
            bench.turn([&] {
                REQUIRE(bench.controller.imports.imported({"a", bench.now.wall, last, std::vector<sync::ImportedOrder>{}},
                                                          bench.now));
            });
        };
        import("100");
        CHECK_FALSE(bench.cart("a").has_moves());
        bench.now.wall += std::chrono::hours{24 * 365};  // a clock that is set ahead is no time that went by
        import("150");
        CHECK_FALSE(bench.cart("a").has_moves());
        bench.pass(std::chrono::hours{49});
        import("180");
        CHECK(bench.cart("a").has_moves());
        CHECK(bench.cart("a").cart.order_floor == "100");
    }
    TEST_CASE("a retried post does not overtake its listing's post that is in flight") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        auto rejection = rejected(Cause::not_found);
        rejection.is_key_confirmed = true;
        bench.answer(*bench.take<AskUpdate>(), rejection);
        bench.submit("X", -1);
        const auto second = *bench.take<AskUpdate>();
        bench.turn([&] { REQUIRE(bench.controller.interventions.retry({{bench.posts()[0].post.id}, {}}, bench.now)); });
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.answer(second, applied_under_key(second, 9));
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("a store whose counts cannot be read is asked again ever more rarely, and its posts go without them") {
        Workbench bench;
        cart::CartConfig config;
        config.id = "a";
        config.url = "https://a.test/";
        config.synchronize_inventory = true;
        bench.turn([&] { REQUIRE(bench.controller.switching.create(config, bench.now)); });
        bench.answer(*bench.take<stack::AskProbe>(), usable());
        cart::CountsResult none;
        none.cause = Cause::truncated;
        int asked = 0;
        for (int second = 0; second < 120 && !bench.cart("a").cart.has_base; ++second) {
            if (const auto all = bench.take<stack::AskAllCounts>()) {
                ++asked;
                bench.answer(*all, none);
            }
            if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version());
            bench.pass(Milliseconds{1'000});
        }
        CHECK(asked == 3);
        CHECK(bench.cart("a").cart.has_base);
    }
    TEST_CASE("a script that knows its version but fails every change does not turn a whole queue into doubts") {
        // Some fail with a code of HTTP, some in words of their own.
        for (const auto cause : {Cause::http_error, Cause::store_error}) {
            Workbench bench;
            std::map<std::string, std::int64_t> many;
            for (int i = 0; i < 40; ++i) many["S" + std::to_string(i)] = 50;
            bench.open_cart("a", Script::plain, many);
            bench.cart("a").cart.adds = true;
            for (const auto& [sku, qoh] : many) bench.submit(sku, -1);
            for (int second = 0; second < 60; ++second) {
                while (const auto update = bench.take<AskUpdate>()) bench.answer(*update, unclear(cause));
                if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version());
                bench.pass(Milliseconds{1'000});
            }
            CHECK(bench.posts(State::uncertain).size() < 20);
        }
    }
    TEST_CASE("a store that asks for time is left alone until then") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);
        auto busy = refused(Cause::rate_limited);
        busy.retry_after = Milliseconds{30'000};
        bench.answer(*bench.take<AskUpdate>(), busy);
        bench.submit("Y", -1);
        bench.pass(Milliseconds{29'000});
        CHECK(bench.asks().empty());
        bench.pass(Milliseconds{2'000});
        CHECK(bench.take<AskVersion>());
    }
    TEST_CASE("a restored store is noticed by the counter in its first answer") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);
        auto ask = *bench.take<AskUpdate>();
        bench.answer(ask, applied_under_key(ask, 9, 100));
        bench.submit("Y", -1);
        ask = *bench.take<AskUpdate>();
        bench.answer(ask, applied_under_key(ask, 9, 91));
        CHECK(bench.cart("a").cart.stop == cart::Stop::store_restored);
    }
    TEST_CASE("a change made while the snapshot was read and told later leaves the SKU to be counted again") {
        Workbench bench;
        sync::SnapshotPart part{"om", "long", 0, false, {}};
        bench.turn([&] { REQUIRE(bench.controller.snapshots.receive(part, bench.now)); });
        const auto meanwhile = bench.now.wall + std::chrono::minutes{5};
        bench.pass(std::chrono::minutes{10});
        part.part = 1;
        part.is_last = true;
        part.items.push_back({"X", {9}, {}, true});
        bench.turn([&] { REQUIRE(bench.controller.snapshots.receive(part, bench.now)); });
        bench.pass(std::chrono::minutes{20});
        auto late = bench.change("X", -1);
        late.at = meanwhile;
        bench.submit(late);
        CHECK(bench.item("X").needs_retake);
        CHECK(bench.has_alert("no_baseline"));
    }
    TEST_CASE("a count that the snapshot contains already is still posted") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        const auto count = [&](std::int64_t qoh, std::int64_t version) {
            auto change = bench.change("X", 0);
            change.delta.reset();
            change.qoh = Quantity{qoh};
            change.version = version;
            return change;
        };
        bench.submit(count(10, 11));
        const auto sold_at = bench.now.wall;
        bench.pass(std::chrono::hours{1});
        bench.snapshot({{"X", 9}});
        auto spooled = count(9, 12);
        spooled.at = sold_at;
        bench.submit(spooled);
        CHECK(bench.item("X").qoh == Quantity{9});
        CHECK(bench.only_post().post.delta == Delta{-1});
    }
    TEST_CASE("a count that would move no book is refused, and so is a listing that the SKU does not have") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        auto change = bench.change("X", 0);
        change.delta.reset();
        change.qoh = Quantity{9};
        change.version = 1;
        change.moves_book = false;
        change.only_carts = {"a"};
        CHECK(bench.submit(change).rejected.front().error.code == ErrorCode::invalid);
        auto misnamed = bench.change("X", -1);
        misnamed.origin_cart = "a";
        misnamed.origin_listing = "x";
        misnamed.order = "7";
        CHECK(bench.submit(misnamed).rejected.front().error.code == ErrorCode::invalid);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("a repeat is a duplicate even when its cart is gone") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        auto change = bench.change("X", -1);
        change.origin_cart = "a";
        change.order = "7";
        CHECK(bench.submit(change).accepted == 1);
        bench.turn([&] { REQUIRE(bench.controller.switching.remove("a", "closed", bench.now)); });
        CHECK(bench.submit(change).duplicates == 1);
    }
    TEST_CASE("a post is not cancelled or decided while the store is being asked about it") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        answer_version(bench, extension_of(Script::with_keys));
        bench.pass(Milliseconds{1'100});
        const auto repeat = bench.take<AskUpdate>();
        REQUIRE(repeat);
        const auto id = bench.only_post().post.id;
        bench.turn([&] {
            auto& people = bench.controller.interventions;
            CHECK(people.cancel({{id}, {}}, "x", bench.now).error().code == ErrorCode::conflict);
            CHECK(people.resolve(id, stack::Proposal::applied, "x", bench.now).error().code == ErrorCode::conflict);
        });
        bench.answer(*repeat, applied_under_key(*repeat, 8));
        CHECK(bench.only_post().post.state == State::confirmed);
    }
    TEST_CASE("a key that the store knows for something else is a person's, and its pieces go out in a new post") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto first = *bench.take<AskUpdate>();
        bench.answer(first, refused(Cause::postid_conflict));
        CHECK(bench.only_post().post.state == State::uncertain);
        CHECK(bench.has_alert("needs_decision"));
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.resolve(bench.only_post().post.id, stack::Proposal::not_applied, "counted",
                                                           bench.now));
        });
        const auto anew = bench.take<AskUpdate>();
        REQUIRE(anew);
        CHECK(update_in(*anew).key->postid != update_in(first).key->postid);
        CHECK(update_in(*anew).delta == -2);
    }
    TEST_CASE("a cart is removed while a post is out, and the late answer does no harm") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        bench.turn([&] { REQUIRE(bench.controller.switching.remove("a", "closed", bench.now)); });
        CHECK(bench.only_post().post.state == State::cancelled);
        bench.answer(ask, applied_under_key(ask, 8));
        CHECK(bench.only_post().post.state == State::cancelled);
    }
    TEST_CASE("a turn that could not be committed does not swallow the news that a cart is late") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.now.steady += std::chrono::minutes{3};
        CHECK_FALSE(bench.controller.turn(bench.now, stack::Sendings::allowed, [&] {
            (void)bench.controller.stack.advance(bench.cart("a"), bench.now);
            bench.controller.stack.refresh(bench.cart("a"), bench.now);
            throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}};
        }));
        CHECK_FALSE(bench.has_alert("late"));
        bench.turn();
        CHECK(bench.has_alert("late"));
    }
    TEST_CASE("the id of a client's call cannot be taken for a snapshot's, and a snapshot needs a new id") {
        Workbench bench;
        bench.turn([&] { bench.store.ids.remember_answer("snapshot/om/s1", {"carts.create", {}, "\x80"}, bench.now.wall); });
        sync::SnapshotPart part{"om", "s1", 0, false, {}};
        bench.turn([&] { CHECK(bench.controller.snapshots.receive(part, bench.now)); });
        part.part = 1;
        part.is_last = true;
        part.items.push_back({"X", {1}, {}, true});
        bench.turn([&] { CHECK(bench.controller.snapshots.receive(part, bench.now)); });
        part = {"om", "s1", 0, false, {}};
        bench.turn([&] {
            CHECK(bench.controller.snapshots.receive(part, bench.now).error().code == ErrorCode::conflict);
        });
    }
    TEST_CASE("that a store cannot go below zero stays known when its script is replaced") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 0}});
        bench.cart("a").cart.learned.clamps = true;
        bench.snapshot({{"X", -2}});
        bench.submit("X", -1);  // 0 on both sides of it: nothing to post
        CHECK(bench.posts().empty());
        bench.cart("a").cart.learned.extension.reset();
        bench.submit("X", 5);
        CHECK(bench.only_post().post.delta == Delta{2});
    }
    TEST_CASE("a post refused after the switch was turned off is left to the gap") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -3);
        const auto ask = *bench.take<AskUpdate>();
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        bench.answer(ask, refused(Cause::busy));
        CHECK(bench.only_post().post.state == State::folded);
    }
    TEST_CASE("a try that a person asks for does not end another person's pause") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -1);
        bench.submit("X", -2);
        const auto first = *bench.take<AskUpdate>();
        const auto paused = bench.posts(State::queued).front().post.id;
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.pause({{paused}, {}}, bench.now.wall + std::chrono::hours{1}, bench.now));
        });
        bench.answer(first, applied_under_key(first, 9));
        bench.turn([&] { REQUIRE(bench.controller.interventions.retry({{}, "a"}, bench.now)); });
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.pass(std::chrono::hours{1});
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("a store that was asked before a failure is asked again, so that the doubt can settle") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.cart("a").cart.adds = true;
        bench.submit("X", -1);
        bench.submit("Y", -1);
        const auto first = *bench.take<AskUpdate>();
        const auto second = *bench.take<AskUpdate>();
        bench.answer(first, unclear());
        const auto who = *bench.take<AskVersion>();
        bench.now.steady += Milliseconds{10};
        bench.answer(second, unclear());
        bench.answer(who, version());
        answer_version(bench, {});
        bench.pass(Milliseconds{120'000});
        CHECK(bench.take<stack::AskCounts>());
    }
}
