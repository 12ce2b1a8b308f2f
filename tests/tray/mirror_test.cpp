#include <doctest/doctest.h>

#include <limits>

#include "tests/tray/a_mirror.h"

namespace stocktray::tests {

TEST_SUITE("AgentMirror") {
    TEST_CASE("a_snapshot_stands_for_all_that_was_known_before") {
        auto mirror = a_mirror(
            a_snapshot({a_cart("a", "A"), a_cart("b", "B")}, {an_alert("1", ipc::AlertKind::late, "a")}));
        mirror.take(a_snapshot({a_cart("b", "B")}), noon);
        CHECK(mirror.carts().size() == 1);
        CHECK(mirror.alerts().empty());
    }

    TEST_CASE("carts_stand_in_the_order_of_their_names") {
        const auto mirror = a_mirror(a_snapshot({a_cart("a", "Zebra"), a_cart("b", "Ant")}));
        CHECK(mirror.carts().at(0).status.name == "Ant");
    }

    TEST_CASE("an_alert_keeps_its_place_when_it_changes") {
        auto mirror = a_mirror(a_snapshot(
            {}, {an_alert("1", ipc::AlertKind::late, "a"), an_alert("2", ipc::AlertKind::drift, "a")}));
        auto changed = an_alert("1", ipc::AlertKind::late, "a");
        changed.count = 5;
        mirror.take_alert(changed);
        REQUIRE(mirror.alerts().size() == 2);
        CHECK(mirror.alerts()[0].count == 5);
        mirror.clear_alert("1");
        mirror.clear_alert("not there");
        CHECK(mirror.alerts().size() == 1);
    }

    TEST_CASE("what_is_known_stays_when_the_agent_is_lost_and_so_does_the_moment") {
        auto mirror = a_mirror(a_snapshot({a_cart("a", "A")}));
        mirror.take(ipc::AgentLost{}, noon + 10);
        mirror.take(ipc::AgentLost{}, noon + 99);
        CHECK(mirror.contact() == tray::Contact::lost);
        CHECK(mirror.contact_since() == noon + 10);
        CHECK(mirror.carts().size() == 1);
    }

    TEST_CASE("the_oldest_post_ages_although_nothing_is_heard") {
        auto cart = a_cart("a", "A");
        cart.oldest_age_ms = 5'000;
        const auto mirror = a_mirror(a_snapshot({cart}));
        CHECK(tray::AgentMirror::oldest_age(mirror.carts()[0], noon + 2'000) == 7'000);
        CHECK(tray::AgentMirror::oldest_age(mirror.carts()[0], noon - 2'000) == 5'000);
        auto broken = mirror.carts()[0];
        for (const auto age : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
            broken.status.oldest_age_ms = age;
            CHECK(tray::AgentMirror::oldest_age(broken, noon + 2'000) == std::max<std::int64_t>(0, age));
            CHECK_FALSE(tray::words_of(mirror, broken, noon + 2'000).empty());
        }
    }

    TEST_CASE("the_parameter_SynchQOH_turns_the_whole") {
        auto mirror = a_mirror(a_snapshot({}));
        mirror.take(ipc::events::ParameterChanged{"SynchQOH", false});
        CHECK_FALSE(mirror.synch_qoh());
    }
}

}  // namespace stocktray::tests
