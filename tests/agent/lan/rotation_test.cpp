// The agent's key is renewed without a start, and nobody is shut out who comes by within a day.
#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Role;

TEST_SUITE("Rotation") {
    TEST_CASE("who is there learns the new key by itself; who comes by later finds the old one's door") {
        SharedAgent agent;
        Workstation there, away;
        REQUIRE(there.pair(agent.invite(Role::viewer)).has_value());
        REQUIRE(away.pair(agent.invite(Role::viewer), "on holiday").has_value());
        const auto before = there.profile().agent_key;

        there.sit_down();
        auto feed = ipc::Feed::open({.lost_after = 1s});
        REQUIRE(feed.has_value());
        REQUIRE(feed->next(5s));
        const auto rotated = agent.must(ipc::keys::Rotate{});
        CHECK(rotated.agent_key != before.hex());
        REQUIRE(rotated.old_key_until);
        CHECK(agent.keys().agent_key == rotated.agent_key);

        // A program that is running keeps its profile up to date.
        CHECK(eventually([&] {
            there.sit_down();
            (void)feed->next(200ms);
            return there.profile().agent_key.hex() == rotated.agent_key;
        }));
        // One that was off comes in by the old key, after a start of the agent, too.
        agent.kill();
        agent.start();
        CHECK(away.profile().agent_key == before);
        CHECK(away.outcome(ipc::agent::Status{}) == "answered");
        CHECK(there.outcome(ipc::agent::Status{}) == "answered");
        CHECK(outcome(agent, ipc::keys::Rotate{}) == "conflict");
    }

    TEST_CASE("a stolen key ends at once: nobody gets in by it, and a new string helps") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        CHECK(!agent.must(ipc::keys::Rotate{true}).old_key_until);
        CHECK(eventually([&] { return station.outcome(ipc::agent::Status{}) == "no_agent"; }));
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        CHECK(station.outcome(ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("a string that was made with the new key works at once") {
        SharedAgent agent;
        const auto key = agent.must(ipc::keys::Rotate{}).agent_key;
        const auto pairing = agent.invite(Role::viewer);
        CHECK(pairing.agent_key.hex() == key);
        Workstation station;
        CHECK(station.pair(pairing).has_value());
    }
}
