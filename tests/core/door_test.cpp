#include "core/sync/door.h"
#include "core/sync/scales.h"

#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using inventory::Delta;
using sync::Verdict;

TEST_SUITE("Verdict") {
    constexpr AgentTime now = agent_from_ms(1'000'000'000);
    constexpr Milliseconds day{86'400'000};

    Verdict blind(std::int64_t gap, const std::vector<Delta>& parked, std::optional<store::SeenGap> seen = {}) {
        return sync::verdict({gap}, parked, false, seen, 2, now, day);
    }

    TEST_CASE("a gap that the parked posts explain is sent, one that they do not is a person's") {
        CHECK(blind(0, {{-2}}) == Verdict::send);
        CHECK(blind(-2, {{-2}}) == Verdict::send);
        CHECK(blind(-1, {{-2}}) == Verdict::send);
        CHECK(blind(-3, {{-2}}) == Verdict::person);
        CHECK(blind(1, {{-2}}) == Verdict::person);
        CHECK(blind(-2, {{-2}, {5}}) == Verdict::send);
        CHECK(blind(6, {{-2}, {5}}) == Verdict::person);
    }
    TEST_CASE("a positive gap must show again after another import a day later") {
        CHECK(blind(5, {{5}}) == Verdict::confirm);
        CHECK(blind(5, {{5}}, store::SeenGap{5, now - day, 1}) == Verdict::send);
        CHECK(blind(5, {{5}}, store::SeenGap{5, now - day, 2}) == Verdict::confirm);
        CHECK(blind(5, {{5}}, store::SeenGap{4, now - day, 1}) == Verdict::confirm);
        CHECK(blind(5, {{5}}, store::SeenGap{5, now - day / 2, 1}) == Verdict::confirm);
    }
    TEST_CASE("a store that shows its own orders needs no second look") {
        CHECK(sync::verdict({5}, {{5}}, true, {}, 2, now, day) == Verdict::send);
    }
    TEST_CASE("not imported is what each order holds beyond what was taken for it, never less than nothing") {
        CHECK(sync::not_imported({{"1", 3}, {"2", 2}}, {{"1", "", 3}, {"9", "", 7}}) == Delta{2});
        CHECK(sync::not_imported({{"1", 1}, {"2", 2}}, {{"1", "", 3}}) == Delta{2});
        CHECK(sync::not_imported({}, {{"1", "", 3}}) == Delta{0});
    }
}

TEST_SUITE("Door") {
    // What a read of X at that book version showed.
    sync::Evidence evidence(Workbench& bench, std::int64_t version, std::int64_t gap, std::int64_t count) {
        sync::Evidence evidence{bench.listing("a", "X"), bench.item("X"), count, {0}, {gap}};
        evidence.item.book_version = version;
        return evidence;
    }

    TEST_CASE("one post carries the gap and all parked posts are settled by it") {
        Workbench bench;
        park_one(bench);
        const auto version = bench.item("X").book_version;
        bool sent = false;
        bench.turn([&] {
            sent = bench.controller.door.send(bench.cart("a"), evidence(bench, version, -2, 10), sync::Sender::verdict, bench.now);
        });
        CHECK(sent);
        const auto settled = bench.posts(stack::State::settled);
        REQUIRE(settled.size() == 1);
        CHECK(settled.front().post.settled_by.has_value());
        CHECK(bench.listing("a", "X").is_aligned);
        // A second finder of the same gap finds the listing busy.
        bench.turn([&] {
            sent = bench.controller.door.send(bench.cart("a"), evidence(bench, version, -2, 10), sync::Sender::verdict, bench.now);
        });
        CHECK_FALSE(sent);
    }
    TEST_CASE("a book that has moved since the read keeps it shut") {
        Workbench bench;
        park_one(bench);
        const auto version = bench.item("X").book_version;
        bool sent = true;
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        bench.submit("X", -1);
        bench.turn([&] {
            sent = bench.controller.door.send(bench.cart("a"), evidence(bench, version, -2, 10), sync::Sender::verdict, bench.now);
        });
        CHECK_FALSE(sent);
    }
    TEST_CASE("a rejected post is settled by the gap that has its pieces, and cannot be sent again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        have_rejected(bench, "X", -2);
        const auto post = bench.only_post().post.id;
        bench.turn([&] {
            const auto seen = evidence(bench, bench.item("X").book_version, -2, 10);
            CHECK(bench.controller.door.send(bench.cart("a"), seen, sync::Sender::send_qoh, bench.now));
        });
        CHECK(bench.store.posts.get(post)->state == stack::State::settled);
        bench.turn([&] { CHECK_FALSE(bench.controller.interventions.retry({{post}, {}}, bench.now)); });
    }
    TEST_CASE("a SKU that is to be counted again keeps it shut") {
        Workbench bench;
        park_one(bench);
        bool sent = true;
        bench.turn([&] {
            auto item = bench.item("X");
            item.needs_retake = true;
            bench.store.items.save(item);
            sent = bench.controller.door.send(bench.cart("a"), evidence(bench, item.book_version, -2, 10), sync::Sender::verdict, bench.now);
        });
        CHECK_FALSE(sent);
    }
    TEST_CASE("no gap makes no post and ends the doubt") {
        Workbench bench;
        park_one(bench);
        bench.turn([&] {
            CHECK(bench.controller.door.send(bench.cart("a"), evidence(bench, bench.item("X").book_version, 0, 8), sync::Sender::verdict, bench.now));
        });
        CHECK(bench.only_post().post.state == stack::State::settled);
        CHECK_FALSE(bench.only_post().post.settled_by);
    }
    TEST_CASE("a settled post cannot be decided by a person any more") {
        Workbench bench;
        park_one(bench);
        bench.turn([&] {
            CHECK(bench.controller.door.send(bench.cart("a"), evidence(bench, bench.item("X").book_version, 0, 8), sync::Sender::verdict, bench.now));
            const auto decided = bench.controller.interventions.resolve(bench.only_post().post.id,
                                                                        stack::Proposal::not_applied, "sure", bench.now);
            REQUIRE_FALSE(decided);
            CHECK(decided.error().code == ErrorCode::conflict);
        });
    }
}
