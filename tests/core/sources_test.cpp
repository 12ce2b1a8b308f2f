// Who is silent, and who only sleeps.
#include <doctest/doctest.h>

#include <functional>

#include "core/sync/source_rhythm.h"
#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using sync::SourceRhythm;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t monday = 472'848;  // an hour since the epoch: a Monday, 00:00 UTC
static_assert((monday / 24 + 4) % 7 == 1);  // the epoch began on a Thursday

using Speaks = std::function<bool(std::int64_t hour)>;  // since the Monday

std::int64_t day_of(std::int64_t hour) { return hour / 24; }
bool is_weekend(std::int64_t hour) { return day_of(hour) % 7 >= 5; }

// Monday to Friday, 9 to 17, in a zone five hours behind UTC.
bool shop_hours(std::int64_t hour) { return !is_weekend(hour - 5) && (hour - 5) % 24 >= 9 && (hour - 5) % 24 < 17; }

// When it is called silent: the hour, or none. The agent listens in every hour.
std::optional<std::int64_t> called_silent(const Speaks& speaks, std::int64_t hours) {
    SourceRhythm rhythm;
    for (std::int64_t hour = 0; hour < hours; ++hour) {
        if (speaks(hour))
            rhythm.heard(monday + hour);
        else
            rhythm.missed(monday + hour);
        if (rhythm.is_silent()) return hour;
    }
    return std::nullopt;
}

constexpr std::int64_t week = 168;

}  // namespace

TEST_SUITE("SourceRhythm") {
    TEST_CASE("nights and weekends are no silence, in any time zone") {
        for (const std::int64_t zone : {-11, -5, 0, 2, 8, 12}) {
            CAPTURE(zone);
            CHECK(!called_silent([zone](auto hour) { return hour >= zone && shop_hours(hour - zone); }, 12 * week));
        }
    }

    TEST_CASE("a shop that stops in the middle of a day is told in the afternoon of the next") {
        const auto stop = 5 * week + 15;  // Monday, 10 o'clock there
        const auto told = called_silent([&](auto hour) { return hour < stop && shop_hours(hour); }, 8 * week);
        REQUIRE(told);
        // Seven hours of the Monday, five of the Tuesday.
        CHECK(*told == 5 * week + 24 + 5 + 13);
    }

    TEST_CASE("one that stops on a Friday evening is told on Tuesday, not on the weekend") {
        const auto stop = 6 * week - 48;
        const auto told = called_silent([&](auto hour) { return hour < stop && shop_hours(hour); }, 8 * week);
        REQUIRE(told);
        CHECK(day_of(*told - 5) == day_of(6 * week) + 1);
    }

    TEST_CASE("a holiday is not told") {
        for (std::int64_t day = 0; day < 5; ++day) {
            CAPTURE(day);
            const auto closed = day_of(6 * week) + day;
            CHECK(!called_silent([&](auto hour) { return shop_hours(hour) && day_of(hour - 5) != closed; }, 9 * week));
        }
    }

    TEST_CASE("a clock that is set an hour forward or back for the summer is not told") {
        for (const std::int64_t by : {-1, 1})
            CHECK(!called_silent([&](auto hour) { return shop_hours(hour < 6 * week ? hour : hour + by); }, 12 * week));
    }

    TEST_CASE("a source that speaks seldom is given its own time") {
        // Twice a day, at hours that change from week to week.
        const auto seldom = [](std::int64_t hour) {
            const auto local = (hour - 5) % 24;
            const auto shift = (hour / week * 3 + day_of(hour)) % 4;
            return !is_weekend(hour - 5) && (local == 9 + shift || local == 13 + shift);
        };
        CHECK(!called_silent(seldom, 12 * week));
        const auto told = called_silent([&](auto hour) { return hour < 6 * week && seldom(hour); }, 12 * week);
        REQUIRE(told);
        CHECK(*told > 6 * week + 24);
        CHECK(*told < 8 * week);
    }

    TEST_CASE("a source without a rhythm is never silent") {
        CHECK(!called_silent([](auto hour) { return hour < 9 * 24 && hour % 24 == 9; }, 30 * week));
        CHECK(!called_silent([](auto hour) { return hour == 5; }, 30 * week));
        CHECK(!called_silent([](auto hour) { return hour % (2 * week) == 12; }, 30 * week));
    }

    TEST_CASE("a long silence stays one, and a word ends it") {
        SourceRhythm rhythm;
        std::int64_t hour = 0;
        for (; hour < 5 * week; ++hour)
            if (shop_hours(hour)) rhythm.heard(monday + hour);
        for (; hour < 20 * week; ++hour) rhythm.missed(monday + hour);
        CHECK(rhythm.is_silent());
        rhythm.heard(monday + hour);
        CHECK(!rhythm.is_silent());
        CHECK(!rhythm.has_rhythm());  // what it did months ago says nothing
    }

    TEST_CASE("a clock that was set back begins anew; one that was set right by an hour does not") {
        SourceRhythm rhythm;
        for (std::int64_t hour = 0; hour < 5 * week; ++hour)
            if (shop_hours(hour)) rhythm.heard(monday + hour);
        rhythm.heard(rhythm.last_hour() - 1);
        CHECK(rhythm.has_rhythm());
        rhythm.heard(monday - 10 * week);
        CHECK(!rhythm.has_rhythm());
        CHECK(rhythm.last_hour() == monday - 10 * week);
    }
}

namespace {

// An agent that hears a source in the hours of a shop.
struct Listening {
    Workbench bench{};
    std::int64_t hour{0};

    Listening() {
        bench.now.wall = wall_from_ms(monday * 3'600'000);
        bench.restart();
    }
    void hear(const std::string& source, std::string_view workstation = "") {
        bench.turn([&] { bench.controller.sources.heard(source, workstation, bench.now); });
    }
    // Works through so many hours: `speaks` at the beginning of each.
    void pass(std::int64_t hours, const Speaks& speaks, const std::string& source = "om") {
        for (std::int64_t end = hour + hours; hour < end; ++hour) {
            if (speaks(hour)) hear(source, "till-2");
            bench.pass(1h);
        }
    }
    [[nodiscard]] std::optional<store::Alert> alert() {
        std::optional<store::Alert> found;
        bench.turn([&] {
            for (auto& one : bench.store.alerts.list())
                if (one.kind == "silent_source") found = one;
        });
        return found;
    }
};

bool never(std::int64_t) { return false; }

}  // namespace

TEST_SUITE("Sources") {
    TEST_CASE("one that always spoke and stopped is told once, and withdrawn when it speaks") {
        Listening agent;
        agent.pass(5 * week, shop_hours);
        CHECK(!agent.alert());
        agent.pass(week, never);
        const auto alert = agent.alert();
        REQUIRE(alert);
        CHECK(alert->message.find("till-2 (om)") != std::string::npos);
        CHECK(alert->count == 1);
        agent.hear("om");
        CHECK(!agent.alert());
    }

    TEST_CASE("what was missed is remembered over restarts, and the time in which the agent did not run does not count") {
        Listening agent;
        agent.pass(5 * week, shop_hours);
        // The machine is switched off every night, and for a whole week: that is nobody's silence.
        agent.bench.now.wall += 7 * 24h;
        agent.hour += week;
        agent.bench.restart();
        CHECK(!agent.alert());
        agent.pass(24, never);
        CHECK(!agent.alert());
        agent.bench.restart();
        agent.pass(24, never);
        agent.bench.restart();
        CHECK(agent.alert());
    }

    TEST_CASE("a machine that slept holds no more than one hour of it against anybody") {
        Listening agent;
        agent.pass(5 * week, shop_hours);
        for (int day = 0; day < 3; ++day) {
            agent.bench.pass(24h);
            agent.hour += 24;
            CHECK(!agent.alert());
        }
    }

    TEST_CASE("a second one that falls silent is told although the first was put aside") {
        Listening agent;
        for (int i = 0; i < 5; ++i) {
            agent.pass(week, [&](auto hour) {
                if (shop_hours(hour)) agent.hear("other");
                return shop_hours(hour);
            });
        }
        agent.pass(week, [&](auto hour) {
            if (shop_hours(hour)) agent.hear("other");
            return false;
        });
        auto alert = agent.alert();
        REQUIRE(alert);
        agent.bench.turn([&] { CHECK(agent.bench.store.alerts.dismiss(alert->alert)); });
        CHECK(!agent.alert());
        agent.pass(week, never);
        alert = agent.alert();
        REQUIRE(alert);
        CHECK(alert->count == 2);
        CHECK(alert->message.find("and 1 more") != std::string::npos);
        agent.hear("om");
        CHECK(agent.alert()->count == 1);
    }

    TEST_CASE("an agent wakes for it in the hours in which somebody is expected, and else not at all") {
        Listening agent;
        agent.hear("stranger");
        CHECK(!agent.bench.controller.sources.next_wakeup());
        agent.pass(5 * week, shop_hours);
        // Monday, midnight UTC: the first expected hour ends at 15 UTC.
        const auto next = agent.bench.controller.sources.next_wakeup();
        REQUIRE(next);
        CHECK(*next - agent.bench.now.steady == 15h);
    }

    TEST_CASE("a source that has been gone for three months is forgotten, with its alert") {
        Listening agent;
        agent.pass(5 * week, shop_hours);
        agent.pass(2 * week, never);
        CHECK(agent.alert());
        agent.pass(14 * week, [](auto hour) { return shop_hours(hour); }, "new");
        CHECK(!agent.alert());
    }
}
