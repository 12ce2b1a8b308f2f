#include "core/stack/interventions.h"

#include <doctest/doctest.h>

#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using stack::Proposal;
using stack::State;

TEST_SUITE("Interventions") {
    stack::Ask rejected_post(Workbench& bench) {
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<stack::AskUpdate>();
        auto answer = rejected(cart::Cause::not_found);
        answer.is_key_confirmed = true;
        bench.answer(ask, answer);
        return ask;
    }

    TEST_CASE("a rejected post is sent again by a person, under its key") {
        Workbench bench;
        const auto first = rejected_post(bench);
        bench.turn([&] { CHECK(bench.controller.interventions.retry({{bench.only_post().post.id}, {}}, bench.now) == 1); });
        const auto again = bench.take<stack::AskUpdate>();
        REQUIRE(again);
        CHECK(update_in(*again).key->postid == update_in(first).key->postid);
        CHECK_FALSE(bench.has_alert("needs_decision"));
    }
    TEST_CASE("a rejected post of a script without keys is sent again by a person, too: it is in no doubt") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<stack::AskUpdate>(), rejected(cart::Cause::not_found));
        REQUIRE(bench.only_post().post.state == State::rejected);
        bench.turn([&] { CHECK(bench.controller.interventions.retry({{bench.only_post().post.id}, {}}, bench.now) == 1); });
        const auto again = bench.take<stack::AskUpdate>();
        REQUIRE(again);
        CHECK(update_in(*again).delta == -2);
    }
    TEST_CASE("a cancelled post is final, stays in the history, and its alert is gone") {
        Workbench bench;
        rejected_post(bench);
        bench.turn([&] {
            CHECK(bench.controller.interventions.cancel({{bench.only_post().post.id}, {}}, "typing error", bench.now) == 1);
        });
        CHECK(bench.only_post().post.state == State::cancelled);
        CHECK_FALSE(bench.has_alert("needs_decision"));
        CHECK(bench.store.history.list({.kinds = {"post"}}).back().text.find("typing error") != std::string::npos);
    }
    TEST_CASE("what is being sent cannot be cancelled") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.turn([&] {
            const auto result = bench.controller.interventions.cancel({{bench.only_post().post.id}, {}}, "x", bench.now);
            REQUIRE_FALSE(result);
            CHECK(result.error().code == ErrorCode::conflict);
        });
        CHECK(bench.only_post().post.state == State::sending);
    }
    TEST_CASE("a person decides a doubt: applied ends it, not applied sends it again") {
        for (const auto what : {Proposal::applied, Proposal::not_applied}) {
            Workbench bench;
            bench.open_cart("a", Script::plain, {{"X", 10}});
            bench.submit("X", -2);
            bench.answer(*bench.take<stack::AskUpdate>(), unclear());
            bench.answer(*bench.take<stack::AskVersion>(), version());
            bench.turn([&] {
                CHECK(bench.controller.interventions.resolve(bench.only_post().post.id, what, "counted", bench.now) == 1);
            });
            CHECK(bench.take<stack::AskUpdate>().has_value() == (what == Proposal::not_applied));
            bench.turn([&] {
                CHECK_FALSE(bench.controller.interventions.resolve(bench.only_post().post.id, what, "again", bench.now));
            });
        }
    }
    TEST_CASE("a single paused post waits while the others of its cart go") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);
        bench.submit("X", -2);  // queued behind the first
        const auto first = *bench.take<stack::AskUpdate>();
        const auto second = bench.posts(State::queued).front().post.id;
        bench.turn([&] { CHECK(bench.controller.interventions.pause({{second}, {}}, std::nullopt, bench.now) == 1); });
        bench.answer(first, applied_under_key(first, 9));
        CHECK_FALSE(bench.take<stack::AskUpdate>());
        bench.submit("Y", -1);
        CHECK(bench.take<stack::AskUpdate>());
        bench.turn([&] { CHECK(bench.controller.interventions.resume({{second}, {}}, bench.now) == 1); });
        CHECK(bench.take<stack::AskUpdate>());
    }
    TEST_CASE("an unknown post or cart is not found") {
        Workbench bench;
        bench.turn([&] {
            CHECK(bench.controller.interventions.retry({{4711}, {}}, bench.now).error().code == ErrorCode::not_found);
            CHECK(bench.controller.interventions.pause({{}, "nowhere"}, {}, bench.now).error().code == ErrorCode::not_found);
        });
    }
}
