#include "ipc/client/route.h"

#include <doctest/doctest.h>

namespace stocktray::ipc {
namespace {

const Surroundings with_agents{};
const Surroundings without_agents{.can_have_agent = false};

std::string words(const Route& route, const Surroundings& surroundings) {
    const auto error = nobody_answers(route, surroundings);
    CHECK(error.code == Code::no_agent);
    return error.message;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_SUITE("Route") {
    TEST_CASE("who is neither paired nor has an agent is told of both ways") {
        const Route fallback{.endpoints = *endpoints_of("ipc:///run/x/rpc.sock"), .is_fallback = true};
        const auto said = words(fallback, with_agents);
        CHECK(holds(said, "Is stocktray-agent running?"));
        CHECK(holds(said, "stocktrayctl keys invite"));
        CHECK(holds(said, "stocktrayctl pair"));
    }
    TEST_CASE("where there can be no agent, pairing is the only way") {
        const Route fallback{.endpoints = *endpoints_of("tcp://127.0.0.1:5770"), .is_fallback = true};
        const auto said = words(fallback, without_agents);
        CHECK(holds(said, "This computer is not paired."));
        CHECK(holds(said, "stocktrayctl pair"));
        CHECK_FALSE(holds(said, "Is stocktray-agent running?"));
    }
    TEST_CASE("an agent that was named, and one that this computer is paired with, is asked for where it is") {
        const Route named{.endpoints = *endpoints_of("ipc:///run/x/rpc.sock")};
        CHECK(words(named, with_agents) == "No agent answers at ipc:///run/x/rpc.sock. Is stocktray-agent running?");
        const auto own = KeyPair::draw();
        const auto paired = route_of(*endpoints_of("tcp://office:5770"), {own.public_key, own});
        for (const auto& surroundings : {with_agents, without_agents}) {
            const auto said = words(paired, surroundings);
            CHECK(holds(said, "No agent answers at tcp://office:5770."));
            CHECK(holds(said, "firewall"));
            CHECK_FALSE(holds(said, "stocktrayctl pair"));
        }
    }
}

}  // namespace stocktray::ipc
