// The shared agent at IPv6 addresses.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Role;

namespace {

bool has_ipv6() {
    const int socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    const bool has = socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    if (socket >= 0) ::close(socket);
    if (!has) MESSAGE("SKIPPED: this system has no IPv6");
    return has;
}

// A string as the agent's computer shows it; `host`: how the other computer finds this one.
ipc::Pairing string_of(AgentProcess& agent, Role role, std::optional<std::string> host = std::nullopt) {
    return ipc::Pairing::parse(agent.must(ipc::keys::Invite{role, {}, std::move(host)}).pairing).value();
}

void open_door(SharedAgent& agent, const std::string& address) {
    set_parameter(agent, "LanAddress", fmt::format("{}:{}", address, agent.port));
    REQUIRE(!agent.keys().lan_problem);
}

}  // namespace

TEST_SUITE("IPv6") {
    TEST_CASE("a workstation is paired by a string with an IPv6 address, submits and hears events") {
        if (!has_ipv6()) return;
        SharedAgent agent;
        open_door(agent, "[::1]");
        const auto pairing = string_of(agent, Role::order_manager);
        CHECK(pairing.host == "[::1]");
        Workstation station;
        REQUIRE(station.pair(pairing).has_value());
        CHECK(station.outcome(a_submit({a_change("1", "A-1", 2)})) == "answered");
        auto feed = ipc::Feed::open({.lost_after = 2s});
        REQUIRE(feed);
        CHECK(eventually([&] {
            const auto item = feed->next(200ms);
            return item && std::holds_alternative<ipc::agent::StatusResult>(*item);
        }));
        REQUIRE(agent.keys().keys.size() == 1);
        CHECK(agent.keys().keys[0].address == "::1");
        agent.must(ipc::keys::Rotate{});
        CHECK(eventually([&] { return station.outcome(ipc::agent::Status{}) == "answered"; }));
    }

    TEST_CASE("a door for all addresses lets both kinds in, each under its own address") {
        if (!has_ipv6()) return;
        SharedAgent agent;
        open_door(agent, "[::]");
        Workstation by_ipv4, by_ipv6;
        REQUIRE(by_ipv4.pair(string_of(agent, Role::viewer, "127.0.0.1"), "ipv4").has_value());
        REQUIRE(by_ipv6.pair(string_of(agent, Role::viewer, "::1"), "ipv6").has_value());
        for (const auto& key : agent.keys().keys) CHECK(key.address == (key.name == "ipv4" ? "127.0.0.1" : "::1"));
        CHECK(by_ipv4.outcome(ipc::agent::Status{}) == "answered");
        CHECK(by_ipv6.outcome(ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("an address without its brackets gets them in a string, and a port in its place is refused") {
        SharedAgent agent;
        CHECK(string_of(agent, Role::viewer, "fd00::7").endpoint() == fmt::format("tcp://[fd00::7]:{}", agent.port));
        CHECK(outcome(agent, ipc::keys::Invite{Role::viewer, {}, "till-1:5770"}) == "invalid_params");
    }
}
