#include <doctest/doctest.h>

#include "tests/tray/a_mirror.h"
#include "tray/model/notification_policy.h"

namespace stocktray::tests {
namespace {

using tray::NotificationPolicy;

constexpr std::int64_t minute = 60'000;

// The policy with a clock that a test moves, and what it said last.
struct Bench {
    NotificationPolicy policy;
    NotificationPolicy::Settings settings;
    std::int64_t now{noon};
    int minute_of_day{12 * 60};
    tray::AgentMirror mirror{a_mirror(a_snapshot({a_cart("main", "Main Store"), a_cart("other", "Other")}))};

    NotificationPolicy::Verdict look() {
        return policy.consider(tray::incidents_of(mirror, a_desktop(), now),
                               mirror.contact() != tray::Contact::waiting, settings, now, minute_of_day);
    }
    NotificationPolicy::Verdict after(std::int64_t ms) {
        now += ms;
        return look();
    }
};

ipc::alerts::Alert late() {
    return an_alert("1", ipc::AlertKind::late, "main");
}

}  // namespace

TEST_SUITE("NotificationPolicy") {
    TEST_CASE("a_new_incident_is_told_once_with_cart_cause_and_button") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].title == "Main Store: The store has not followed in time.");
        CHECK(verdict.show[0].body == "It is so. Do this.");
        CHECK(verdict.show[0].action == tray::Command{tray::CommandId::retry, "main"});
        CHECK(bench.look().show.empty());
        CHECK(bench.after(minute).show.empty());
    }

    TEST_CASE("what_the_title_says_is_not_said_again") {
        Bench bench;
        bench.look();
        auto refused = an_alert("1", ipc::AlertKind::credentials, "main");
        refused.message = "Main Store: Not authorized: user name or password differ from the store's.";
        bench.mirror.take_alert(refused);
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].title == refused.message);
        CHECK(verdict.show[0].body == "Do this.");
    }

    TEST_CASE("many_alerts_of_one_kind_and_cart_are_one_incident") {
        Bench bench;
        bench.look();
        for (int i = 0; i < 50; ++i)
            bench.mirror.take_alert(an_alert(std::to_string(i), ipc::AlertKind::needs_decision, "main"));
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].body.ends_with("(and 49 more)"));
    }

    TEST_CASE("of_many_alerts_the_oldest_of_the_gravest_speaks") {
        Bench bench;
        bench.look();
        auto named = an_alert("1", ipc::AlertKind::drift, "main");
        named.severity = ipc::Severity::warning;
        named.message = "An older one.";
        auto grave = an_alert("2", ipc::AlertKind::drift, "main");
        grave.severity = ipc::Severity::critical;
        grave.since = named.since + 1;
        grave.message = "A grave one.";
        bench.mirror.take_alert(named);
        bench.mirror.take_alert(grave);
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].body.starts_with("A grave one."));
    }

    TEST_CASE("it_is_replaced_when_it_changes_but_not_all_the_time") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.look();
        auto changed = late();
        changed.message = "It is worse.";
        bench.mirror.take_alert(changed);
        const auto soon = bench.after(1'000);
        CHECK(soon.show.empty());
        CHECK(soon.look_again_at == noon + 10'000);
        const auto verdict = bench.after(9'000);
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].body == "It is worse. Do this.");
        CHECK(verdict.withdraw.empty());
    }

    TEST_CASE("what_a_person_has_closed_is_not_replaced") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        const auto key = bench.look().show.at(0).key;
        bench.policy.closed(key);
        auto changed = late();
        changed.message = "It is worse.";
        bench.mirror.take_alert(changed);
        CHECK(bench.after(minute).show.empty());
        CHECK(bench.after(15 * minute).show.size() == 1);
    }

    TEST_CASE("it_is_withdrawn_when_it_is_over_and_the_recovery_is_told") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        const auto key = bench.look().show.at(0).key;
        bench.mirror.clear_alert("1");
        const auto verdict = bench.look();
        CHECK(verdict.withdraw == std::vector{key});
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].title == "Main Store follows again");
        CHECK(bench.look().show.empty());
        CHECK_FALSE(bench.look().look_again_at);
    }

    TEST_CASE("at_the_start_only_what_needs_a_person_is_told") {
        Bench bench;
        bench.mirror.take_alert(late());
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::credentials, "other"));
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].key == "credentials:other");
        bench.mirror.clear_alert("1");
        CHECK_MESSAGE(bench.look().show.empty(), "nobody was told that it was late");
    }

    TEST_CASE("it_is_repeated_after_NotifyRepeatMinutes_and_then_more_rarely") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        CHECK(bench.look().look_again_at == noon + 15 * minute);
        CHECK(bench.after(14 * minute).show.empty());
        CHECK(bench.after(minute).show.size() == 1);
        CHECK(bench.after(29 * minute).show.empty());
        CHECK(bench.after(minute).show.size() == 1);
        CHECK(bench.after(59 * minute).show.empty());
    }

    TEST_CASE("one_that_comes_and_goes_is_not_told_each_time") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        REQUIRE(bench.look().show.size() == 1);
        bench.mirror.clear_alert("1");
        REQUIRE(bench.after(5'000).show.size() == 1);  // it follows again
        for (int i = 0; i < 5; ++i) {
            bench.mirror.take_alert(late());
            CHECK(bench.after(30'000).show.empty());
            bench.mirror.clear_alert("1");
            CHECK(bench.after(30'000).show.empty());
        }
        bench.mirror.take_alert(late());
        CHECK(bench.after(11 * minute).show.size() == 1);  // the reminder
    }

    TEST_CASE("after_a_calm_time_it_is_news_again") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.look();
        bench.mirror.clear_alert("1");
        bench.after(5'000);
        bench.after(16 * minute);
        bench.mirror.take_alert(late());
        CHECK(bench.look().show.size() == 1);
    }

    TEST_CASE("a_decision_that_is_asked_for_again_is_told_at_once") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(an_alert("1", ipc::AlertKind::needs_decision, "main"));
        REQUIRE(bench.look().show.size() == 1);
        bench.mirror.clear_alert("1");
        bench.after(5'000);
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::needs_decision, "main"));
        CHECK(bench.look().show.size() == 1);
    }

    TEST_CASE("quiet_hours_hold_back_all_but_pieces_sold_twice") {
        Bench bench;
        bench.settings.quiet_hours = "22:00-07:00";
        bench.minute_of_day = 23 * 60;
        bench.look();
        bench.mirror.take_alert(an_alert("1", ipc::AlertKind::credentials, "main"));
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::oversold, "main"));
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].key == "oversold:main");
        CHECK(verdict.look_again_at == noon + 15 * minute);
        bench.minute_of_day = 7 * 60;
        const auto morning = bench.after(8 * 60 * minute);
        CHECK(morning.show.size() == 2);
    }

    TEST_CASE("off_means_off_and_takes_back_what_is_shown") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.look();
        bench.settings.notifications = tray::Notifications::off;
        const auto verdict = bench.look();
        CHECK(verdict.withdraw.size() == 1);
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::oversold, "main"));
        bench.mirror.clear_alert("1");
        CHECK(bench.look().show.empty());
        CHECK_FALSE(bench.look().look_again_at);
    }

    TEST_CASE("when_no_store_follows_it_is_the_network_and_one_notification") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.look();
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::late, "other"));
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].key == "network");
        CHECK(verdict.withdraw == std::vector<std::string>{"late:main"});
    }

    TEST_CASE("a_refused_password_hides_that_its_cart_is_late") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.mirror.take_alert(an_alert("2", ipc::AlertKind::credentials, "main"));
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].key == "credentials:main");
    }

    TEST_CASE("an_agent_that_refuses_this_computer_is_told_at_once_with_its_reason_and_the_way_out") {
        Bench bench;
        bench.look();
        bench.mirror.take(ipc::AgentLost{{ipc::Code::unauthorized, "You may not.", {}}}, bench.now);
        const auto verdict = bench.look();
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].title == "The agent refuses this computer");
        CHECK(verdict.show[0].body == "You may not.");
        CHECK(verdict.show[0].action.id == tray::CommandId::open_sharing);
        CHECK(verdict.show[0].action_label == "Shared Agent…");
        CHECK(tray::problems_of(bench.mirror, a_desktop(), bench.now).at(0).action.id == tray::CommandId::open_sharing);
    }

    TEST_CASE("of_a_shared_agent_that_is_away_its_computer_is_named_and_nothing_is_started_here") {
        Bench bench;
        bench.mirror.take(ipc::AgentLost{}, bench.now);
        auto desktop = a_desktop();
        desktop.can_start_agent = false;
        desktop.agents_computer = "back-office";
        const auto incidents = tray::incidents_of(bench.mirror, desktop, bench.now);
        const auto words = "It is the agent of back-office. Is that computer switched on, and in the same network? Changes wait here.";
        CHECK(incidents.at(0).notice.body.ends_with(words));
        CHECK(incidents.at(0).notice.action.id == tray::CommandId::none);
        const auto problem = tray::problems_of(bench.mirror, desktop, bench.now).at(0);
        CHECK(problem.hint == words);
        CHECK(problem.action.id == tray::CommandId::none);
    }

    TEST_CASE("a_lost_agent_is_told_after_a_minute_and_hides_the_rest") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        bench.look();
        bench.mirror.take(ipc::AgentLost{}, bench.now);
        const auto lost = bench.look();
        CHECK(lost.show.empty());
        CHECK(lost.withdraw.empty());
        CHECK(lost.look_again_at == noon + minute);
        const auto verdict = bench.after(minute);
        CHECK(verdict.withdraw == std::vector<std::string>{"late:main"});
        REQUIRE(verdict.show.size() == 1);
        CHECK(verdict.show[0].key == "agent");
        CHECK(verdict.show[0].action.id == tray::CommandId::start_agent);
    }

    TEST_CASE("an_agent_that_comes_back_within_the_minute_was_never_missed") {
        Bench bench;
        bench.look();
        bench.mirror.take(ipc::AgentLost{}, bench.now);
        bench.look();
        bench.mirror.take(a_snapshot({a_cart("main", "Main Store")}), bench.now + 20'000);
        const auto verdict = bench.after(20'000);
        CHECK(verdict.show.empty());
        CHECK(verdict.withdraw.empty());
    }

    TEST_CASE("what_was_told_is_not_told_anew_after_a_short_loss") {
        Bench bench;
        bench.look();
        bench.mirror.take_alert(late());
        REQUIRE(bench.look().show.size() == 1);
        for (int i = 0; i < 3; ++i) {
            bench.mirror.take(ipc::AgentLost{}, bench.now);
            bench.look();
            auto back = a_snapshot({a_cart("main", "Main Store"), a_cart("other", "Other")});
            back.alerts.push_back(late());
            bench.mirror.take(back, bench.now + 20'000);
            const auto verdict = bench.after(20'000);
            CHECK(verdict.show.empty());
            CHECK(verdict.withdraw.empty());
        }
    }

    TEST_CASE("quiet_hours_may_go_over_midnight_and_nonsense_is_no_quiet") {
        CHECK(tray::quiet_minutes_left("22:00-07:00", 23 * 60) == 8 * 60);
        CHECK(tray::quiet_minutes_left("22:00-07:00", 6 * 60 + 59) == 1);
        CHECK_FALSE(tray::quiet_minutes_left("22:00-07:00", 7 * 60));
        CHECK(tray::quiet_minutes_left("12:00-13:00", 12 * 60) == 60);
        for (const char* text : {"", "22:00", "aa:00-07:00", "22:00-22:00"})
            CHECK_FALSE(tray::quiet_minutes_left(text, 22 * 60));
    }
}

}  // namespace stocktray::tests
