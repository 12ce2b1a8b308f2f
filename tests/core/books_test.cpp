#include "core/sync/books.h"

#include <doctest/doctest.h>

#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using inventory::Change;
using inventory::Quantity;
using stack::State;

namespace {

inventory::Change count_of_x(Workbench& bench, std::int64_t qoh, std::int64_t version) {
    auto change = bench.change("X", 0);
    change.delta.reset();
    change.qoh = Quantity{qoh};
    change.version = version;
    return change;
}

}  // namespace

TEST_SUITE("Books") {
    TEST_CASE("a difference moves the book and becomes one post to every synchronized cart") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        CHECK(bench.submit("X", -2).accepted == 1);
        CHECK(bench.item("X").qoh == Quantity{8});
        CHECK(bench.posts().size() == 2);
    }
    TEST_CASE("the same id and content is a duplicate, with other content a conflict") {
        Workbench bench;
        auto change = bench.change("X", -2);
        CHECK(bench.submit(change).accepted == 1);
        CHECK(bench.submit(change).duplicates == 1);
        CHECK(bench.item("X").qoh == Quantity{-2});
        change.delta = inventory::Delta{-3};
        const auto again = bench.submit(change);
        REQUIRE(again.rejected.size() == 1);
        CHECK(again.rejected.front().error.code == ErrorCode::conflict);
        change.delta = inventory::Delta{-2};
        CHECK(bench.submit(change, "another source").accepted == 1);
    }
    TEST_CASE("an id is known for ever, also when its history is gone") {
        Workbench bench;
        const auto change = bench.change("X", -2);
        REQUIRE(bench.submit(change).accepted == 1);
        REQUIRE(bench.store.history.list({.kinds = {"change"}}).size() == 1);
        bench.pass(2 * bench.controller.board.settings().history);
        CHECK(bench.store.history.list({.kinds = {"change"}}).empty());
        CHECK(bench.submit(change).duplicates == 1);
        CHECK(bench.item("X").qoh == Quantity{-2});
    }
    TEST_CASE("a delta of 0 is accepted and posts nothing") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        CHECK(bench.submit("X", 0).accepted == 1);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("what a web order has taken from its own store is not posted there") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        auto change = bench.change("X", -1);
        change.reason = inventory::Reason::web_order_imported;
        change.origin_cart = "a";
        change.order = "1001";
        bench.submit(change);
        CHECK(bench.only_post().cart == "b");
    }
    TEST_CASE("where a SKU has two listings the other one of the same cart gets its post") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X1", 10}, {"X2", 10}});
        auto config = bench.cart("a").config();
        config.sku_map.set("X", {"X1", "X2"});
        bench.turn([&] {
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged,
                                                      bench.now));
        });
        auto change = bench.change("X", -1);
        change.origin_cart = "a";
        change.origin_listing = "X1";
        change.order = "7";
        bench.submit(change);
        CHECK(bench.only_post().store_sku == "X2");
    }
    TEST_CASE("an unknown cart is not found and nothing is half done") {
        Workbench bench;
        auto change = bench.change("X", -1);
        change.origin_cart = "nowhere";
        CHECK(bench.submit(change).rejected.front().error.code == ErrorCode::not_found);
        CHECK_FALSE(bench.store.items.find("X"));
    }
    TEST_CASE("counts of web orders, where another source tells its changes later") {
        Workbench bench;
        for (const std::string cart : {"a", "b"}) bench.open_cart(cart, Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit(count_of_x(bench, 10, 1));
        const auto waiting = [&](const std::string& cart) {
            std::int64_t pieces = 0;
            for (const auto& post : bench.posts())
                if (post.cart == cart) pieces += post.post.delta.pieces;
            return pieces;
        };
        // The order took three pieces at its store; a phone order took two.
        const sync::Import imported{"a", bench.now.wall, "100", std::vector<sync::ImportedOrder>{{"100", {{"100", "X", {}, 3, 3, {}}}}}};
        const auto of_order = [&](std::int64_t qoh, std::int64_t version) {
            auto change = count_of_x(bench, qoh, version);
            change.reason = inventory::Reason::web_order_imported;
            change.origin_cart = "a";
            change.order = "100";
            change.taken = inventory::Delta{3};
            return change;
        };
        SUBCASE("the order's count comes first and holds the other change, too") {
            bench.submit(of_order(5, 3));
            CHECK(waiting("a") == -2);
            CHECK(waiting("b") == -5);
            CHECK(bench.submit(count_of_x(bench, 8, 2)).superseded == 1);
        }
        SUBCASE("the order's count comes last and is superseded") {
            bench.submit(count_of_x(bench, 5, 3));
            CHECK(waiting("a") == -5);
            const auto late = of_order(7, 2);
            CHECK(bench.submit(late).superseded == 1);
            CHECK(bench.submit(late).duplicates == 1);
        }
        CHECK(waiting("a") == -2);
        CHECK(waiting("b") == -5);
        bench.turn([&] { REQUIRE(bench.controller.imports.imported(imported, bench.now)); });
        CHECK(bench.cart("a").cart.import_complete == true);
    }
    TEST_CASE("counts need a growing version and an older one moves nothing") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        const auto count = [&](std::int64_t qoh, std::int64_t version) { return count_of_x(bench, qoh, version); };
        CHECK(bench.submit(count(10, 1)).accepted == 1);
        CHECK(bench.posts().empty());  // the first count is a base, not a difference
        CHECK(bench.has_alert("no_baseline"));
        CHECK(bench.submit(count(7, 3)).accepted == 1);
        CHECK(bench.only_post().post.delta == inventory::Delta{-3});
        CHECK(bench.submit(count(9, 2)).superseded == 1);
        CHECK(bench.item("X").qoh == Quantity{7});
    }
    TEST_CASE("differences and counts of one SKU do not mix") {
        Workbench bench;
        bench.submit("X", 5);
        auto change = bench.change("X", 0);
        change.delta.reset();
        change.qoh = Quantity{5};
        change.version = 1;
        CHECK(bench.submit(change).rejected.front().error.code == ErrorCode::conflict);
    }
    TEST_CASE("a compare-and-set with another book is refused and may be tried again") {
        Workbench bench;
        bench.snapshot({{"X", 10}});
        auto change = bench.change("X", -1);
        change.expected = Quantity{9};
        CHECK(bench.submit(change).rejected.front().error.code == ErrorCode::conflict);
        change.expected = Quantity{10};
        CHECK(bench.submit(change).accepted == 1);
    }
    TEST_CASE("a change that would leave the range is refused and the book stays") {
        Workbench bench;
        bench.submit("X", 2'000'000'000);
        const auto beyond = bench.submit("X", 1);
        CHECK(beyond.rejected.front().error.code == ErrorCode::invalid);
        CHECK(bench.item("X").qoh == Quantity{2'000'000'000});
    }
    TEST_CASE("queued changes of a SKU add up, and to nothing they are folded") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);  // leaves at once
        bench.submit("X", -2);
        bench.submit("X", -3);
        const auto queued = bench.posts(State::queued);
        REQUIRE(queued.size() == 1);
        CHECK(queued.front().post.delta == inventory::Delta{-5});
        CHECK(queued.front().post.changes == 2);
        bench.submit("X", 5);
        CHECK(bench.posts(State::queued).empty());
        CHECK(bench.posts(State::folded).size() == 1);
    }
    TEST_CASE("while synchronization is off changes are only recorded") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        bench.submit("X", -2);
        CHECK(bench.posts().empty());
        CHECK(bench.item("X").qoh == Quantity{-2});
    }
    TEST_CASE("a buffer and a clamping store get only what can be applied") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 3}}, 2);
        bench.snapshot({{"X", 5}});
        bench.cart("a").cart.learned.clamps = true;
        bench.submit("X", -6);  // 5 -> -1: the target goes from 3 to 0
        CHECK(bench.only_post().post.delta == inventory::Delta{-3});
        CHECK(bench.has_alert("oversold"));
        const auto words = [&] { return bench.store.alerts.list().front().message; };
        CHECK(words() == "X is oversold: one piece more than there are.");
        bench.submit("X", -2);
        CHECK(words() == "X is oversold: 3 pieces more than there are.");
        bench.submit("X", 2);
        bench.submit("X", 4);  // -1 -> 3: from 0 to 1
        CHECK(bench.posts(State::queued).front().post.delta == inventory::Delta{1});
        CHECK_FALSE(bench.has_alert("oversold"));
    }
    TEST_CASE("only_carts without the book posts there alone") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        auto change = bench.change("X", -1);
        change.only_carts = {"b"};
        change.moves_book = false;
        bench.submit(change);
        CHECK(bench.only_post().cart == "b");
        CHECK(bench.item("X").qoh == Quantity{10});
    }
    TEST_CASE("a change that leaves the book as it was goes as it is to a store that cannot go below zero") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 0}}, 2);
        bench.snapshot({{"X", 0}});
        bench.cart("a").cart.learned.clamps = true;
        auto change = bench.change("X", 10);
        change.only_carts = {"a"};
        change.moves_book = false;
        bench.submit(change);
        CHECK(bench.only_post().post.delta == inventory::Delta{10});
    }
    TEST_CASE("a post that moves no book leaves its SKU to be counted before anything is concluded from it") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        auto change = bench.change("X", -1);
        change.only_carts = {"a"};
        change.moves_book = false;
        bench.submit(change);
        CHECK(bench.item("X").needs_retake);
        bench.snapshot({{"X", 9}});
        CHECK_FALSE(bench.item("X").needs_retake);
    }
    TEST_CASE("what is offered again is refused by an agent that was not restored") {
        Workbench bench;
        auto change = bench.change("X", -1);
        change.again = true;
        CHECK(bench.submit(change).rejected.front().error.code == ErrorCode::conflict);
    }
    TEST_CASE("a change from before the snapshot is posted and does not move the book") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 9}});
        auto late = bench.change("X", -1);
        late.at = bench.now.wall - std::chrono::hours{1};
        CHECK(bench.submit(late).accepted == 1);
        CHECK(bench.item("X").qoh == Quantity{9});
        CHECK(bench.only_post().post.delta == inventory::Delta{-1});
        CHECK_FALSE(bench.item("X").needs_retake);
        auto near = bench.change("X", -1);
        near.at = bench.now.wall - std::chrono::minutes{1};
        bench.submit(near);
        CHECK(bench.item("X").needs_retake);
    }
    TEST_CASE("a change of which only bounds are known is in the snapshot, behind it, or nobody knows") {
        using std::chrono::minutes;
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        const auto counted = bench.now.wall;
        bench.pass(Milliseconds{minutes{60}});
        const auto submit = [&](minutes since, minutes at) {
            auto change = bench.change("X", -1);
            change.since = counted + since;
            change.at = counted + at;
            bench.submit(change);
            return bench.item("X");
        };
        const auto before = submit(-minutes{30}, -minutes{10});
        CHECK(before.qoh == Quantity{10});
        CHECK_FALSE(before.needs_retake);
        const auto behind = submit(minutes{10}, minutes{30});
        CHECK(behind.qoh == Quantity{9});
        CHECK_FALSE(behind.needs_retake);
        const auto either = submit(-minutes{30}, minutes{30});
        CHECK(either.qoh == Quantity{8});
        CHECK(either.needs_retake);
    }
}
