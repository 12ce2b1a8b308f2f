#include "core/sync/doubts.h"

#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using stack::AskCounts;
using stack::AskMoves;
using stack::AskOrderCount;
using stack::AskUpdate;
using stack::AskVersion;
using stack::State;

namespace {

cart::OrderCountResult orders(std::int64_t count) {
    cart::OrderCountResult result;
    result.is_answered = true;
    result.orders = count;
    return result;
}

// X is 10 on both sides, a post of -2 went out and its outcome is unclear; the script answers again.
void doubt(Workbench& bench, Script script = Script::plain) {
    bench.open_cart("a", script, {{"X", 10}});
    bench.snapshot({{"X", 10}});
    bench.submit("X", -2);
    bench.answer(*bench.take<AskUpdate>(), unclear());
    const auto who = bench.take<AskVersion>();
    REQUIRE(who);
    bench.answer(*who, version());
}

// Two equal reads, ten seconds apart.
void read_twice(Workbench& bench, std::int64_t count) {
    auto ask = bench.take<AskCounts>();
    REQUIRE(ask);
    bench.answer(*ask, counts({{"X", count}}));
    bench.pass(Milliseconds{10'000});
    ask = bench.take<AskCounts>();
    REQUIRE(ask);
    bench.answer(*ask, counts({{"X", count}}));
}

void settle(Workbench& bench, std::int64_t count) {
    bench.pass(Milliseconds{120'000});
    read_twice(bench, count);
}

void import(Workbench& bench, std::vector<sync::ImportedOrder> lines = {}, const std::string& last = "100") {
    bench.turn([&] {
        REQUIRE(bench.controller.imports.imported({"a", bench.now.wall, last, std::move(lines)}, bench.now));
    });
}

void quiet_read(Workbench& bench, std::int64_t count) {
    bench.pass(Milliseconds{30'000});
    for (int question = 0; question < 2; ++question) {
        const auto ask = bench.take<AskOrderCount>();
        REQUIRE(ask);
        const bool is_for_all = std::get<AskOrderCount>(ask->what).last_order == "All";
        bench.answer(*ask, orders(is_for_all ? 50 : 0));
    }
    read_twice(bench, count);
    const auto after = bench.take<AskOrderCount>();
    REQUIRE(after);
    bench.answer(*after, orders(0));
}

}  // namespace

TEST_SUITE("Doubts") {
    TEST_CASE("no read begins before the store has been good for the settling time") {
        Workbench bench;
        doubt(bench);
        bench.pass(Milliseconds{119'999});
        CHECK_FALSE(bench.take<AskCounts>());
        bench.pass(Milliseconds{1});
        CHECK(bench.take<AskCounts>());
    }
    TEST_CASE("a failure in between begins the settling anew") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.snapshot({{"X", 10}, {"Y", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        bench.answer(*bench.take<AskVersion>(), version());
        bench.pass(Milliseconds{100'000});
        bench.submit("Y", -1);
        bench.answer(*bench.take<AskUpdate>(), refused(cart::Cause::connect));
        bench.answer(*bench.take<AskVersion>(), version());
        bench.pass(Milliseconds{30'000});
        CHECK_FALSE(bench.take<AskCounts>());
        bench.pass(Milliseconds{90'000});
        CHECK(bench.take<AskCounts>());
    }
    TEST_CASE("a failure between the two looks begins the settling anew, too") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.snapshot({{"X", 10}, {"Y", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        bench.answer(*bench.take<AskVersion>(), version());
        bench.pass(Milliseconds{120'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        bench.submit("Y", -1);
        bench.answer(*bench.take<AskUpdate>(), refused(cart::Cause::connect));
        bench.answer(*bench.take<AskVersion>(), version());
        bench.pass(Milliseconds{10'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        CHECK_FALSE(bench.posts(State::uncertain).front().post.is_parked);
        settle(bench, 10);
        CHECK(bench.posts(State::uncertain).front().post.is_parked);
    }
    TEST_CASE("a good answer to a question asked before the failure begins no settling") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.cart("a").cart.adds = true;  // so that both go out at once
        bench.snapshot({{"X", 10}, {"Y", 10}});
        bench.submit("X", -2);
        bench.submit("Y", -1);
        const auto x = bench.take<AskUpdate>();
        const auto y = bench.take<AskUpdate>();
        REQUIRE((x && y));
        bench.pass(Milliseconds{60'000});
        bench.answer(*x, unclear());
        bench.pass(Milliseconds{1'000});
        bench.answer(*y, applied());
        // The script hangs: it worked on Y before, and whatever it has taken in since may still be waiting.
        bench.pass(Milliseconds{100'000});
        bench.answer(*bench.take<AskVersion>(), version());
        bench.pass(Milliseconds{119'999});
        CHECK_FALSE(bench.take<AskCounts>());
        bench.pass(Milliseconds{1});
        CHECK(bench.take<AskCounts>());
    }
    TEST_CASE("a settled doubt gets a proposal, is parked, and holds up later posts no more") {
        Workbench bench;
        doubt(bench);
        bench.submit("X", -1);
        CHECK_FALSE(bench.take<AskUpdate>());
        settle(bench, 8);
        const auto post = bench.posts().front().post;
        CHECK(post.state == State::uncertain);
        CHECK(post.is_parked);
        CHECK(post.proposal == stack::Proposal::applied);
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("there are ten seconds between the two reads") {
        Workbench bench;
        doubt(bench);
        bench.pass(Milliseconds{120'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        bench.pass(Milliseconds{9'999});
        CHECK_FALSE(bench.take<AskCounts>());
        bench.pass(Milliseconds{1});
        CHECK(bench.take<AskCounts>());
    }
    TEST_CASE("counts that differ between the two reads give no proposal") {
        Workbench bench;
        doubt(bench);
        bench.pass(Milliseconds{120'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        bench.pass(Milliseconds{10'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 8}}));
        CHECK(bench.only_post().post.is_parked);
        CHECK_FALSE(bench.only_post().post.proposal);
    }
    TEST_CASE("without an import a parked post waits, whatever its proposal") {
        Workbench bench;
        doubt(bench);
        settle(bench, 10);
        for (int hour = 0; hour < 20; ++hour) bench.pass(Milliseconds{3'600'000});
        CHECK(bench.only_post().post.state == State::uncertain);
        CHECK(bench.asks().empty());
        CHECK_FALSE(bench.has_alert("needs_decision"));
        bench.pass(Milliseconds{5 * 3'600'000});
        CHECK(bench.has_alert("needs_decision"));
    }
    TEST_CASE("a person is asked in time at a cart that is off, where nothing else happens") {
        Workbench bench;
        doubt(bench);
        settle(bench, 10);
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        const auto old_at = bench.only_post().post.created + bench.controller.board.settings().parked;
        for (int wakeups = 0; bench.now.steady < old_at && wakeups < 100; ++wakeups) {
            CHECK_FALSE(bench.has_alert("needs_decision"));
            const auto next = bench.controller.next_wakeup(bench.now);
            REQUIRE(next);
            bench.pass(std::max(*next - bench.now.steady, Milliseconds{1}));
        }
        CHECK(bench.now.steady == old_at);
        CHECK(bench.has_alert("needs_decision"));
        bench.restart();
        CHECK(bench.controller.next_wakeup(bench.now).value_or(old_at + Milliseconds{1}) > bench.now.steady);
    }
    TEST_CASE("several old doubts of one SKU are one notice, written once") {
        Workbench bench;
        doubt(bench);
        settle(bench, 10);
        bench.submit("X", -1);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version());
        settle(bench, 10);
        REQUIRE(bench.posts(State::uncertain).size() == 2);
        bench.pass(std::chrono::hours{25});
        REQUIRE(bench.has_alert("needs_decision"));
        // It tells of the oldest one, and is not written anew for each.
        CHECK(bench.store.alerts.list().back().message.find("changed by -2") != std::string::npos);
    }
    TEST_CASE("a script that seemed to tell no counts is asked again what it can do when it must be read") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);
        bench.cart("a").cart.learned.counts = cart::CountSource::none;
        import(bench);
        for (int n = 0; n < 10 && bench.asks().empty(); ++n) bench.pass(Milliseconds{30'000});
        const auto probe = bench.take<stack::AskProbe>();
        REQUIRE(probe);
        bench.answer(*probe, usable());
        CHECK(bench.cart("a").cart.learned.counts == cart::CountSource::downloadqoh);
        for (int n = 0; n < 60 && bench.asks().empty(); ++n) bench.pass(Milliseconds{60'000});
        CHECK(bench.take<AskOrderCount>());
    }
    TEST_CASE("after a complete import the quiet read ends it: it was applied") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);
        import(bench);
        quiet_read(bench, 8);
        CHECK(bench.only_post().post.state == State::settled);
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("after a complete import the quiet read ends it: the missing difference is sent once") {
        Workbench bench;
        doubt(bench);
        settle(bench, 10);
        import(bench);
        quiet_read(bench, 10);
        CHECK(bench.posts(State::settled).size() == 1);
        const auto gap = bench.take<AskUpdate>();
        REQUIRE(gap);
        CHECK(update_in(*gap).delta == -2);
    }
    TEST_CASE("a web order that came meanwhile is not taken for the doubtful post") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);  // a buyer took two; our post was not applied
        // The Order Manager has seen the order but not taken its pieces yet.
        import(bench, {{"100", {{"100", "X", "", 2, 0, {}}}}});
        quiet_read(bench, 8);
        const auto gap = bench.take<AskUpdate>();
        REQUIRE(gap);
        CHECK(update_in(*gap).delta == -2);
    }
    TEST_CASE("orders that came since the import make the store not quiet") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);
        import(bench);
        bench.pass(Milliseconds{30'000});
        bench.answer(*bench.take<AskOrderCount>(), orders(51));
        bench.answer(*bench.take<AskOrderCount>(), orders(1));
        CHECK_FALSE(bench.take<AskCounts>());
        CHECK(bench.only_post().post.state == State::uncertain);
    }
    TEST_CASE("a script that does not heed the last order is never called quiet") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);
        import(bench);
        bench.pass(Milliseconds{30'000});
        bench.answer(*bench.take<AskOrderCount>(), orders(0));
        CHECK_FALSE(bench.take<AskOrderCount>());
        CHECK_FALSE(bench.take<AskCounts>());
    }
    TEST_CASE("an import whose changes have not all arrived ends nothing until they have") {
        Workbench bench;
        doubt(bench);
        settle(bench, 8);
        import(bench, {{"100", {{"100", "X", "", 3, 3, {}}}}});
        CHECK(bench.has_alert("import_incomplete"));
        bench.pass(Milliseconds{600'000});
        CHECK(bench.asks().empty());
        auto change = bench.change("X", -3);
        change.reason = inventory::Reason::web_order_imported;
        change.origin_cart = "a";
        change.order = "100";
        bench.turn([&] {
            (void)bench.controller.books.submit("om", {change}, bench.now);
            bench.controller.imports.look_again(bench.now);
        });
        CHECK_FALSE(bench.has_alert("import_incomplete"));
        bench.pass(Milliseconds{30'000});
        CHECK(bench.take<AskOrderCount>());
    }
    TEST_CASE("a book that moves between the two reads leaves the verdict for another time") {
        Workbench bench;
        doubt(bench);
        settle(bench, 10);
        import(bench);
        bench.pass(Milliseconds{30'000});
        bench.answer(*bench.take<AskOrderCount>(), orders(50));
        bench.answer(*bench.take<AskOrderCount>(), orders(0));
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        bench.submit("X", 1);
        const auto post = *bench.take<AskUpdate>();
        bench.answer(post, applied(11));
        bench.pass(Milliseconds{10'000});
        bench.answer(*bench.take<AskCounts>(), counts({{"X", 10}}));
        bench.answer(*bench.take<AskOrderCount>(), orders(0));
        CHECK(bench.posts(State::settled).empty());
    }
    TEST_CASE("a gap that the parked post does not explain is a person's") {
        Workbench bench;
        doubt(bench);
        settle(bench, 5);
        import(bench);
        quiet_read(bench, 5);
        CHECK(bench.has_alert("needs_decision"));
        CHECK(bench.only_post().post.state == State::uncertain);
    }
    TEST_CASE("with the shop's own orders two equal looks are enough, whatever the shop is doing") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        // Its keys are gone, its orders can be seen.
        auto extension = extension_of(Script::with_moves);
        extension.has_postid = false;
        bench.cart("a").cart.order_floor = "50";
        bench.answer(*bench.take<AskVersion>(), version(extension));
        settle(bench, 7);
        cart::MovesResult moves;
        moves.is_complete = true;
        moves.items.push_back({{"X", cart::CountWord::count, 7}, {{"55", 3}}, 0, 0});
        bench.turn();
        bench.answer(*bench.take<AskMoves>(), moves);
        bench.pass(Milliseconds{10'000});
        bench.answer(*bench.take<AskMoves>(), moves);
        // 10 - 2 = 8 are due, 3 of them are held by order 55: 5. The store has 7: the post was not applied.
        const auto gap = bench.take<AskUpdate>();
        REQUIRE(gap);
        CHECK(update_in(*gap).delta == -2);
    }
    TEST_CASE("at a cart that is off no verdict sends anything, whatever job asks the store") {
        OpenShop bench{Script::with_moves, {{"X", 10}}, {{"X", 10}}};
        bench.submit("X", -2);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.turn([&] {
            auto post = bench.only_post().post;
            bench.controller.queue.park(bench.cart("a"), post);
        });
        bench.shop.counts["X"] = 8;  // it was applied
        turn_off(bench);
        bench.submit("X", -1);
        start(bench, jobs::Kind::audit);
        bench.shop.serve(40);
        CHECK(bench.posts(State::queued).empty());
        CHECK(bench.posts(State::uncertain).size() == 1);
        CHECK(bench.shop.counts["X"] == 8);
        for (int turn = 0; turn < 5; ++turn) bench.turn();
        CHECK(bench.asks().empty());
        const auto next = bench.controller.next_wakeup(bench.now);
        CHECK((!next || *next > bench.now.steady));
    }
}
