#include <doctest/doctest.h>

#include "tests/tray/a_mirror.h"

namespace stocktray::tests {
namespace {

using tray::IconState;

tray::TrayView view_of(const tray::Snapshot& snapshot) {
    return tray::present(a_mirror(snapshot), noon, a_desktop());
}

}  // namespace

TEST_SUITE("present") {
    TEST_CASE("all_is_equal_when_nothing_waits") {
        const auto view = view_of(a_snapshot({a_cart("main", "Main Store")}));
        CHECK(view.icon == tray::Icon{IconState::equal, false});
        CHECK(view.headline == "All counts are equal.");
        CHECK(view.title == "Stocktray: All counts are equal.");
    }

    TEST_CASE("a_store_that_has_confirmed_nothing_is_not_called_equal") {
        auto cart = a_cart("main", "Main Store");
        cart.last_confirmed_at = 0;
        const auto view = view_of(a_snapshot({cart}));
        CHECK(view.headline == "Nothing waits.");
        CHECK(view.carts[0].state_words == "Nothing waits; nothing was confirmed yet.");
    }

    TEST_CASE("counts_that_were_never_compared_are_not_called_equal_and_what_to_do_is_said") {
        auto cart = a_cart("main", "Main Store");
        cart.unaligned_since = noon - 3'600'000;
        const auto view = view_of(a_snapshot({cart}));
        CHECK(view.headline == "Nothing waits.");
        CHECK(view.carts[0].state_words == "Nothing waits; the counts have not been compared yet.");
        REQUIRE(view.problems.size() == 1);
        CHECK(view.problems[0].message == "The counts of Main Store have not been compared yet; they may differ.");
        CHECK(view.problems[0].action == tray::Command{tray::CommandId::open_compare, "main"});
        CHECK(view.problems[0].since == *cart.unaligned_since);
        CHECK_FALSE(view.carts[0].is_proven);
    }

    TEST_CASE("posts_on_their_way_are_working_and_counted") {
        auto cart = a_cart("main", "Main Store");
        cart.queued = 2;
        cart.sending = 1;
        const auto view = view_of(a_snapshot({cart}));
        CHECK(view.icon.state == IconState::working);
        CHECK(view.headline == "3 posts are on their way.");
        CHECK(view.carts.at(0).posts == 3);
    }

    TEST_CASE("the_worst_cart_decides_and_is_named") {
        auto slow = a_cart("a", "Slow");
        slow.slow = 1;
        slow.queued = 1;
        auto late = a_cart("b", "Late");
        late.late = 1;
        late.queued = 1;
        const auto view = view_of(a_snapshot({slow, late, a_cart("c", "Good")}));
        CHECK(view.icon.state == IconState::late);
        CHECK(view.headline == "Late is late.");
    }

    TEST_CASE("a_paused_cart_is_a_mark_and_not_the_state") {
        auto paused = a_cart("a", "A");
        paused.paused = true;
        paused.queued = 5;
        paused.late = 5;
        const auto view = view_of(a_snapshot({paused, a_cart("b", "B")}));
        CHECK(view.icon == tray::Icon{IconState::equal, true});
        CHECK(tray::icon_name(view.icon) == "stocktray-equal-paused");
    }

    TEST_CASE("when_every_cart_is_paused_the_icon_does_not_say_equal") {
        auto paused = a_cart("a", "A");
        paused.paused = true;
        const auto view = view_of(a_snapshot({paused}));
        CHECK(view.icon.state == IconState::paused);
        CHECK(view.headline == "All carts are paused.");
    }

    TEST_CASE("refused_credentials_need_a_person") {
        auto cart = a_cart("a", "A");
        cart.health = ipc::Health::credentials;
        const auto view = view_of(a_snapshot({cart}));
        CHECK(view.icon.state == IconState::decision);
        CHECK(view.headline == "A needs you.");
        CHECK(view.carts[0].state_words == "Not authorized: user name or password differ from the store's.");
    }

    TEST_CASE("a_problem_of_no_cart_changes_the_icon_too") {
        const auto view = view_of(a_snapshot({a_cart("a", "A")}, {an_alert("1", ipc::AlertKind::disk, "")}));
        CHECK(view.icon.state == IconState::decision);
        CHECK(view.headline == "It is so.");
    }

    TEST_CASE("off_is_said_with_its_reason") {
        auto snapshot = a_snapshot({a_cart("a", "A")});
        snapshot.status.synch_qoh = false;
        CHECK(view_of(snapshot).icon.state == IconState::off);
        CHECK(view_of(snapshot).headline == "QOH synchronization is off for all carts (SynchQOH).");
        auto unchecked = a_cart("a", "A");
        unchecked.synchronize_inventory = false;
        CHECK(view_of(a_snapshot({unchecked})).headline == "No cart is synchronized.");
        CHECK(view_of(a_snapshot({unchecked})).carts[0].state_words == "Off: Synchronize Inventory is not checked.");
        auto inactive = a_cart("a", "A");
        inactive.health = ipc::Health::off;
        CHECK(view_of(a_snapshot({inactive})).carts[0].state_words == "Off: the cart is not active.");
        CHECK(view_of(a_snapshot({})).headline == "There is no cart yet.");
    }

    TEST_CASE("a_lost_agent_has_its_own_icon_and_says_since_when") {
        auto mirror = a_mirror(a_snapshot({a_cart("a", "A")}));
        mirror.take(ipc::AgentLost{}, noon + 1'000);
        const auto view = tray::present(mirror, noon + 5'000, a_desktop());
        CHECK(view.icon.state == IconState::away);
        CHECK(view.headline.starts_with("The agent has not been reached since "));
        REQUIRE(view.problems.size() == 1);
        CHECK(view.problems[0].action.id == tray::CommandId::start_agent);
        // What was known of a cart before is not said of now.
        CHECK(view.carts.at(0).state == IconState::away);
        CHECK(view.carts[0].state_words.starts_with("Not known since "));
        CHECK_FALSE(view.carts[0].is_proven);
    }

    TEST_CASE("a_picture_holds_until_midnight_when_today_becomes_yesterday") {
        auto mirror = a_mirror(a_snapshot({a_cart("a", "A")}));
        mirror.take(ipc::AgentLost{}, noon);
        const auto view = tray::present(mirror, noon, a_desktop());
        CHECK(tray::present(mirror, view.holds_until - 1, a_desktop()) == view);
        const auto next = tray::present(mirror, view.holds_until, a_desktop());
        CHECK(next.headline.starts_with("The agent has not been reached since yesterday "));
        CHECK(next.holds_until > view.holds_until);
    }

    TEST_CASE("another_version_is_not_taken_for_a_lost_agent") {
        tray::AgentMirror mirror{noon};
        mirror.take(tray::OtherVersion{"This agent speaks protocol 2, not 1: update it."}, noon);
        const auto view = tray::present(mirror, noon, a_desktop());
        CHECK(view.icon.state == IconState::other_version);
        CHECK(view.problems.at(0).hint == "This agent speaks protocol 2, not 1: update it.");
    }

    TEST_CASE("every_icon_has_a_name_of_its_own") {
        std::set<std::string> names;
        for (int state = 0; state <= static_cast<int>(IconState::other_version); ++state)
            names.insert(tray::icon_name({static_cast<IconState>(state), false}));
        CHECK(names.size() == 9);
    }
}

}  // namespace stocktray::tests
