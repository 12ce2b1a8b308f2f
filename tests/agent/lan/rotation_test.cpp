// The agent's key is renewed without a start, and nobody is shut out who comes by within a day.
#include "tests/agent/bench.h"
#include "ipc/spool/outbox.h"
#include "tests/agent/lan/shared_agent.h"
#include "tests/support/process.h"

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

    TEST_CASE("a program that only submits learns the new key, too, and so does one call of stocktrayctl") {
        SharedAgent agent;
        Workstation submits, types;
        REQUIRE(submits.pair(agent.invite(Role::order_manager), "till").has_value());
        REQUIRE(types.pair(agent.invite(Role::viewer), "desk").has_value());
        submits.sit_down();
        const TempDir dir;
        auto outbox = ipc::Outbox::open({.client = "test", .spool = dir.path() / "spool.db"});
        REQUIRE(outbox);
        const auto submit = [&](const char* id) {
            ipc::qoh::Change change;
            change.id = id;
            change.sku = "A-1";
            change.delta = -1;
            change.reason = ipc::Reason::phone_order;
            const auto outcomes = (*outbox)->submit({change}, 20s);
            // An agent that takes long to let us in counts as away for a moment: then it is spooled, and delivered behind that.
            const bool is_taken = outcomes && outcomes->front().place != ipc::Outbox::Place::refused;
            return is_taken && (*outbox)->flush(60s) == true;
        };
        CHECK(submit("1"));
        const auto key = agent.must(ipc::keys::Rotate{}).agent_key;
        CHECK(submit("2"));
        CHECK(eventually([&] { return submits.profile().agent_key.hex() == key; }));
        const auto said = run_until_reached({{STOCKTRAY_BIN_DIR "/stocktrayctl", "alerts"},
                                             {{"STOCKTRAY_PROFILE", types.profile_file().string()}},
                                             {}});
        CHECK_MESSAGE(said.exit_code == 0, said.errors);
        CHECK(types.profile().agent_key.hex() == key);
    }

    TEST_CASE("what an agent says of its key is not written down for another one") {
        SharedAgent agent, other;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        auto client = station.client();
        const auto rotated = agent.must(ipc::keys::Rotate{});
        REQUIRE(station.pair(other.invite(Role::viewer)).has_value());
        const auto paired = station.profile().agent_key;
        // The first may go out over the connection that ends with the old key, and has no answer.
        const auto is_told = [&] {
            const auto answer = client.call(ipc::agent::Hello{.client = "test"}, 10s);
            return answer && answer->agent_key == rotated.agent_key;
        };
        REQUIRE(eventually(is_told));
        CHECK(station.profile().agent_key == paired);
    }

    TEST_CASE("a stolen key ends at once: nobody gets in by it, and a new string helps") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        CHECK(!agent.must(ipc::keys::Rotate{true}).old_key_until);
        CHECK(eventually([&] { return station.outcome(ipc::agent::Status{}) == "no_agent"; }));
        const auto shut_out = station.call(ipc::agent::Status{});
        REQUIRE(!shut_out);
        CHECK(shut_out.error().message.find("If its key was changed, pair this computer again") != std::string::npos);
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
