// How a workstation becomes a client, and how it ceases to be one.
#include "tests/agent/lan/shared_agent.h"

#include <fstream>

#include "ipc/messages/history.h"
#include "ipc/messages/registry.h"
#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Admittance;
using ipc::Role;

namespace {

template <class T>
std::string words_of(const ipc::Expected<T>& result) {
    return result ? "" : result.error().message;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_SUITE("Pairing") {
    TEST_CASE("the string makes a workstation a client with the role that it was made for") {
        SharedAgent agent;
        Workstation station;
        const auto paired = station.pair(agent.invite(Role::operator_));
        REQUIRE(paired.has_value());
        CHECK(paired->state == ipc::KeyState::active);
        CHECK(paired->role == Role::operator_);
        const auto hello = station.call(ipc::agent::Hello{"test", 1});
        REQUIRE(hello.has_value());
        CHECK(hello->role == Role::operator_);
        const auto keys = agent.keys();
        REQUIRE(keys.keys.size() == 1);
        CHECK(keys.keys[0].key == station.key());
        CHECK(keys.keys[0].name == "ann@till-2");
        CHECK(keys.keys[0].last_seen);
        CHECK(keys.keys[0].address == "127.0.0.1");
    }

    TEST_CASE("what is barred is told with the role: at the pairing, again to who is known, and at every greeting") {
        SharedAgent agent;
        Workstation station;
        const std::vector both{ipc::Bar::send_qoh, ipc::Bar::cancel};
        const auto pairing = agent.invite(Role::order_manager, both);
        CHECK(station.pair(pairing)->barred == both);
        CHECK(station.pair(pairing, "ann@till-2", Admittance::by_approval)->barred == both);
        CHECK(station.call(ipc::agent::Hello{"test", 1})->barred == both);
        agent.must(ipc::keys::SetRole{station.key(), Role::order_manager, {ipc::Bar::cancel}});
        CHECK(station.call(ipc::agent::Hello{"test", 1})->barred == std::vector{ipc::Bar::cancel});
        agent.must(ipc::keys::SetRole{station.key(), Role::order_manager, {}});
        CHECK(station.call(ipc::agent::Hello{"test", 1})->barred.empty());
    }

    TEST_CASE("a string brings back no role that a person has taken away since") {
        SharedAgent agent;
        Workstation station;
        const auto pairing = agent.invite(Role::admin);
        REQUIRE(station.pair(pairing).has_value());
        CHECK(station.pair(pairing).has_value());  // its answer may have been lost
        agent.must(ipc::keys::SetRole{station.key(), Role::viewer, {}});
        CHECK_FALSE(station.pair(pairing).has_value());
        CHECK(station.call(ipc::agent::Hello{"test", 1})->role == Role::viewer);

        Workstation other;
        const auto another = agent.invite(Role::admin);
        REQUIRE(other.pair(another).has_value());
        agent.must(ipc::keys::Revoke{other.key()});
        CHECK_FALSE(other.pair(another).has_value());
        CHECK(other.outcome(ipc::keys::List{}) == "unauthorized");
    }

    TEST_CASE("it is good once: who comes second is told so, and may ask") {
        SharedAgent agent;
        Workstation first, second;
        const auto pairing = agent.invite(Role::operator_);
        REQUIRE(first.pair(pairing).has_value());
        const auto refused = second.pair(pairing);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::unauthorized);
        CHECK(has(refused.error().message, "new one"));
        CHECK(!std::filesystem::exists(second.profile_file()));

        const auto asked = second.pair(pairing, "bob@till-3", Admittance::by_approval);
        REQUIRE(asked.has_value());
        CHECK(asked->state == ipc::KeyState::asks);
        CHECK(second.outcome(ipc::agent::Status{}) == "unauthorized");
        auto alerts = agent.must(ipc::alerts::List{}).alerts;
        REQUIRE(alerts.size() == 1);
        CHECK(alerts[0].kind == ipc::AlertKind::workstation);
        CHECK(has(alerts[0].message, "bob@till-3"));

        agent.must(ipc::keys::Approve{second.key(), Role::viewer, {}});
        CHECK(second.outcome(ipc::agent::Status{}) == "answered");
        CHECK(agent.must(ipc::alerts::List{}).alerts.empty());
        CHECK(outcome(agent, ipc::keys::Approve{second.key(), Role::viewer, {}}) == "conflict");
    }

    TEST_CASE("who has paired may do so again with the same string: its answer may have been lost") {
        SharedAgent agent;
        Workstation station;
        const auto pairing = agent.invite(Role::operator_);
        REQUIRE(station.pair(pairing).has_value());
        const auto key = station.key();
        CHECK(station.pair(pairing).has_value());
        CHECK(station.key() == key);
        CHECK(agent.keys().keys.size() == 1);
    }

    TEST_CASE("pairing again mends a profile that is damaged, as its sentence says") {
        SharedAgent agent;
        Workstation station;
        std::ofstream{station.profile_file()} << "{\"endpoint\": \"tcp";
        REQUIRE_FALSE(ipc::read_profile(station.profile_file()).has_value());
        REQUIRE(station.pair(agent.invite(Role::operator_)).has_value());
        CHECK(station.outcome(ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("a workstation that stays takes a new role with a new string, under the same key") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        REQUIRE(station.pair(agent.invite(Role::admin)).has_value());
        CHECK(agent.keys().keys.size() == 1);
        CHECK(station.outcome(ipc::keys::List{}) == "answered");
    }

    TEST_CASE("a guessed token, and one of the run before, open nothing") {
        SharedAgent agent;
        Workstation station;
        auto pairing = agent.invite(Role::admin);
        auto guessed = pairing;
        guessed.token = std::string(32, '0');
        CHECK(!station.pair(guessed).has_value());
        agent.kill();
        agent.start();
        CHECK(words_of(station.pair(pairing)).find("not good any more") != std::string::npos);
        CHECK(agent.keys().keys.empty());
    }

    TEST_CASE("nobody but the agent with the string's key is talked to") {
        SharedAgent agent;
        Workstation station;
        auto pairing = agent.invite(Role::admin);
        pairing.agent_key = ipc::KeyPair::draw().public_key;
        station.sit_down();
        const auto refused = ipc::pair_with(pairing, Admittance::by_token, "x", 500ms);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::no_agent);
        CHECK(has(refused.error().message, "firewall"));
        CHECK(!std::filesystem::exists(station.profile_file()));
    }

    TEST_CASE("only twenty may wait to be let in: whoever reaches the port could ask") {
        SharedAgent agent;
        const auto pairing = agent.invite(Role::viewer);
        for (int i = 0; i < 20; ++i) {
            Workstation station;
            REQUIRE(station.pair(pairing, fmt::format("w{}", i), Admittance::by_approval).has_value());
        }
        Workstation one_more;
        const auto refused = one_more.pair(pairing, "one more", Admittance::by_approval);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::busy);
        CHECK(one_more.pair(pairing).has_value());  // who has the token need not wait
        CHECK(agent.keys().keys.size() == 21);
    }

    TEST_CASE("the agent's own computer needs none, and strings are not made before there is a door") {
        AgentProcess agent;
        agent.start();
        CHECK(outcome(agent, ipc::keys::Pair{std::nullopt, "x"}) == "invalid_params");
        const auto refused = agent.call(ipc::keys::Invite{Role::viewer, {}, std::nullopt});
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::conflict);
        CHECK(has(refused.error().message, "LanAddress"));
        CHECK(outcome(agent, ipc::keys::Rotate{}) == "not_found");
        CHECK(outcome(agent, ipc::keys::Revoke{std::string(64, 'a')}) == "not_found");
    }

    TEST_CASE("no role is not a role to give") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        CHECK(outcome(agent, ipc::keys::Invite{Role::none, {}, {}}) == "invalid_params");
        CHECK(outcome(agent, ipc::keys::SetRole{station.key(), Role::none, {}}) == "invalid_params");
    }
}

TEST_SUITE("Revoked") {
    TEST_CASE("in the middle of a session: the next request is refused in words, and no event comes any more") {
        SharedAgent agent;
        Workstation station, other;
        REQUIRE(station.pair(agent.invite(Role::operator_)).has_value());
        REQUIRE(other.pair(agent.invite(Role::viewer), "eve@office").has_value());

        other.sit_down();
        auto stays = ipc::Feed::open({.lost_after = 2s});
        REQUIRE(stays.has_value());
        station.sit_down();
        auto client = station.client();
        auto feed = ipc::Feed::open({.lost_after = 2s});
        REQUIRE(feed.has_value());
        // Where a welcome takes longer than `lost_after`, the agent is lost at first.
        const auto has_begun = [](ipc::Feed& one) {
            return eventually([&] {
                const auto item = one.next(200ms);
                return item && std::holds_alternative<ipc::agent::StatusResult>(*item);
            });
        };
        REQUIRE(has_begun(*feed));
        other.sit_down();
        REQUIRE(has_begun(*stays));
        station.sit_down();
        REQUIRE(client.call(ipc::agent::Status{}, 20s).has_value());

        agent.must(ipc::keys::Revoke{station.key()});
        const auto refused = client.call(ipc::agent::Status{}, 20s);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::unauthorized);
        CHECK(has(refused.error().message, "not allowed any more"));

        // The feed says why; what happens now is not for its ears.
        set_parameter(agent, "LatenessSeconds", std::int64_t{77});
        std::optional<ipc::AgentLost> lost;
        bool has_heard = false;
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!lost && std::chrono::steady_clock::now() < end) {
            auto item = feed->next(500ms);
            if (!item) continue;
            if (auto* gone = std::get_if<ipc::AgentLost>(&*item); gone && gone->why.code == ipc::Code::unauthorized) lost = *gone;
            if (auto* event = std::get_if<ipc::ReceivedEvent>(&*item); event && event->numbers.topic == "parameter.changed") has_heard = true;
        }
        REQUIRE(lost);
        CHECK(has(lost->why.message, "not allowed any more"));
        CHECK(!has_heard);

        // Nobody else has lost anything: who was thrown out with it has come back by itself.
        other.sit_down();
        CHECK(eventually([&] {
            auto item = stays->next(200ms);
            if (const auto* status = item ? std::get_if<ipc::agent::StatusResult>(&*item) : nullptr) return status->seq > 0;
            const auto* event = item ? std::get_if<ipc::ReceivedEvent>(&*item) : nullptr;
            return event != nullptr && event->numbers.topic == "parameter.changed";
        }));
    }

    TEST_CASE("it stays so after a start, and a new string lets it in again") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        agent.must(ipc::keys::Revoke{station.key()});
        agent.kill();
        agent.start();
        CHECK(station.outcome(ipc::agent::Status{}) == "unauthorized");
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        CHECK(station.outcome(ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("a role is looked up at each request") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::admin)).has_value());
        auto client = station.client();
        REQUIRE(client.call(ipc::keys::List{}, 20s).has_value());
        agent.must(ipc::keys::SetRole{station.key(), Role::viewer, {}});
        const auto refused = client.call(ipc::keys::List{}, 20s);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::unauthorized);
        CHECK(client.call(ipc::agent::Status{}, 20s).has_value());
    }
}
