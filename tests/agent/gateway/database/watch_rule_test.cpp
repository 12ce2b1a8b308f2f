#include "agent/gateway/database/watch_rule.h"

#include <doctest/doctest.h>

#include <set>

using namespace stocktray::gateway::database;

namespace {

constexpr std::int64_t now = 1'800'000'000'000;

// Known to the agent with this count, and described.
Watched told(std::int64_t qoh) {
    Watched watched;
    watched.told = qoh;
    watched.described = Description{};
    return watched;
}
Counted counted(std::int64_t qoh) { return {.sku = "A-1", .qoh = qoh}; }

}  // namespace

TEST_SUITE("WatchRule") {
    TEST_CASE("a SKU that nothing is known of is asked for, not told") {
        CHECK(step_for({}, counted(5), now) == Step::ask);
    }

    TEST_CASE("the agent's book is the base: a lost state file tells what changed meanwhile") {
        Watched watched;
        CHECK(asked(watched, 100) == Known::has_book);
        REQUIRE(step_for(watched, counted(95), now) == Step::offer);
        make_offer(watched, counted(95), now);
        CHECK(watched.offer == Offer{95, 100, now});
    }

    TEST_CASE("only what the agent has no count of goes into a snapshot") {
        Watched watched;
        CHECK(asked(watched, std::nullopt) == Known::needs_snapshot);
        CHECK(step_for(watched, counted(7), now) == Step::ask);
        snapshot_taken(watched, counted(7));
        CHECK(step_for(watched, counted(7), now) == Step::nothing);
    }

    TEST_CASE("equal counts are not told; another name or mark is described") {
        Watched watched = told(5);
        CHECK(step_for(watched, counted(5), now) == Step::nothing);
        auto renamed = counted(5);
        renamed.name = "Lamp";
        CHECK(step_for(watched, renamed, now) == Step::describe);
        snapshot_taken(watched, renamed);
        CHECK(step_for(watched, renamed, now) == Step::nothing);
        renamed.is_tracked = false;
        CHECK(step_for(watched, renamed, now) == Step::describe);
    }

    TEST_CASE("what is not tracked any more is described, and its count is offered to nobody") {
        Watched watched = told(5);
        auto untracked = counted(0);  // as of a count that is NULL since
        untracked.is_tracked = false;
        CHECK(step_for(watched, untracked, now) == Step::describe);
        snapshot_taken(watched, untracked);
        CHECK(step_for(watched, untracked, now) == Step::nothing);
        untracked.qoh = 3;
        CHECK(step_for(watched, untracked, now) == Step::nothing);
        CHECK(step_for(watched, counted(5), now) == Step::offer);
    }

    // A snapshot posts nothing: with a new count in it the difference would be lost.
    TEST_CASE("a count that changed together with the name is told first") {
        auto renamed = counted(4);
        renamed.name = "Lamp";
        CHECK(step_for(told(5), renamed, now) == Step::offer);
    }

    TEST_CASE("an offer without an answer is repeated although the database went back") {
        Watched watched = told(100);
        make_offer(watched, counted(99), now);
        CHECK(step_for(watched, counted(100), now) == Step::repeat);
        CHECK(step_for(watched, counted(98), now) == Step::repeat);
        accepted(watched);
        REQUIRE(step_for(watched, counted(100), now) == Step::offer);
        make_offer(watched, counted(100), now);
        CHECK(watched.offer == Offer{100, 99, now + 1});
    }

    TEST_CASE("a count that goes back and forth has a version and an id of its own each time") {
        Watched watched = told(100);
        std::set<std::string> ids;
        std::int64_t last = 0;
        for (const std::int64_t qoh : {99, 100, 99, 100, 99}) {
            make_offer(watched, counted(qoh), now);  // the clock stands still
            CHECK(watched.version > last);
            last = watched.version;
            ids.insert(id_of("erp", "A-1", watched.version));
            accepted(watched);
        }
        CHECK(ids.size() == 5);
    }

    TEST_CASE("a clock that is set back does not set the version back") {
        Watched watched = told(100);
        make_offer(watched, counted(99), now);
        accepted(watched);
        make_offer(watched, counted(98), now - 3'600'000);
        CHECK(watched.version == now + 1);
    }

    TEST_CASE("what was not accepted is asked for again and offered anew") {
        Watched watched = told(100);
        make_offer(watched, counted(99), now);
        not_accepted(watched, "The count of A-1 is 97 by now, not 100: read it again.", now);
        CHECK(step_for(watched, counted(99), now) == Step::ask);
        (void)asked(watched, 97);
        REQUIRE(step_for(watched, counted(96), now) == Step::offer);
        make_offer(watched, counted(96), now);
        CHECK(watched.offer->expected == 97);
    }

    TEST_CASE("refusals make it rest ever longer, at most an hour, and name it to a person") {
        Watched watched = told(100);
        std::int64_t time = now;
        std::int64_t last_rest = -1;
        for (int n = 1; n <= 40; ++n) {
            watched.told = 100;
            make_offer(watched, counted(99), time);
            not_accepted(watched, "no", time);
            const std::int64_t rest = watched.not_before - time;
            CHECK(rest >= last_rest);
            CHECK(rest <= 3'600'000);
            CHECK(needs_a_person(watched) == (n >= 3));
            if (rest > 0) CHECK(step_for(watched, counted(99), watched.not_before - 1) == Step::rest);
            CHECK(step_for(watched, counted(99), watched.not_before) == Step::ask);
            last_rest = rest;
            time = watched.not_before;
        }
        CHECK(last_rest == 3'600'000);
        watched.told = 100;
        make_offer(watched, counted(99), time);
        accepted(watched);
        CHECK_FALSE(needs_a_person(watched));
        CHECK(step_for(watched, counted(99), time) == Step::nothing);
    }

    TEST_CASE("versions that lose leap ahead until they win, however wrong a clock was") {
        constexpr std::int64_t agents = now + std::int64_t{20} * 365 * 86'400'000;
        Watched watched = told(100);
        int tries = 0;
        for (make_offer(watched, counted(99), now); watched.version <= agents; make_offer(watched, counted(99), now)) {
            REQUIRE(++tries < 40);
            not_accepted(watched, "", now);
            watched.told = 100;
        }
        CHECK(watched.version < agents * 3);
    }

    TEST_CASE("another agent hears nothing of what was offered to the former one") {
        Watched watched = told(100);
        make_offer(watched, counted(99), now);
        forget_agent(watched);
        CHECK(watched == Watched{.version = now});
    }

    TEST_CASE("ids are printable, short, and differ by watch, SKU and version") {
        const std::string longest(255, '\xc3');
        CHECK(id_of(longest, longest, 9'007'199'254'740'991).size() <= 64);
        CHECK(id_of("a", "b", 1) == id_of("a", "b", 1));
        const std::set<std::string> ids{id_of("a", "b", 1), id_of("a", "b", 2), id_of("ab", "", 1), id_of("", "ab", 1)};
        CHECK(ids.size() == 4);
        for (const auto& id : ids)
            for (const char c : id) CHECK((c > 0x20 && c < 0x7f));
    }
}
