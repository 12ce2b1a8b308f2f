// The door on the network opens and closes as LanAddress says, and its troubles stay its own.
#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Role;

namespace {

// Something else has the port.
class Squatter {
public:
    explicit Squatter(int port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        const int yes = 1;
        ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        address.sin_port = ::htons(static_cast<std::uint16_t>(port));
        REQUIRE(::bind(descriptor_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0);
        REQUIRE(::listen(descriptor_, 1) == 0);
    }
    Squatter(const Squatter&) = delete;
    Squatter& operator=(const Squatter&) = delete;
    ~Squatter() { ::close(descriptor_); }

private:
    int descriptor_;
};

// Asked of the system, so that nobody is called.
bool is_listening(int port) {
    return !run({{"ss", "-Hltn", fmt::format("sport = :{}", port)}, {}, {}}).output.empty();
}

bool has_lan_alert(AgentProcess& agent) {
    for (const auto& alert : agent.must(ipc::alerts::List{}).alerts)
        if (alert.kind == ipc::AlertKind::lan) return true;
    return false;
}

}  // namespace

TEST_SUITE("Doors") {
    TEST_CASE("open after a start, moved and closed while the agent runs") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        agent.kill();
        agent.start();
        CHECK(station.outcome(ipc::agent::Status{}) == "answered");

        const int other = free_port();
        set_parameter(agent, "LanAddress", fmt::format("127.0.0.1:{}", other));
        CHECK(eventually([&] { return station.outcome(ipc::agent::Status{}) == "no_agent"; }));
        CHECK(agent.keys().lan_address == fmt::format("127.0.0.1:{}", other));

        // The address changed, the agent is the same: the profile is told, the key stays.
        auto profile = station.profile();
        profile.endpoint = fmt::format("tcp://127.0.0.1:{}", other);
        REQUIRE(ipc::write_profile(station.profile_file(), profile).has_value());
        CHECK(station.outcome(ipc::agent::Status{}) == "answered");

        set_parameter(agent, "LanAddress", std::string{});
        CHECK(eventually([&] { return station.outcome(ipc::agent::Status{}) == "no_agent"; }));
        CHECK(!agent.keys().lan_address);
        CHECK(agent.keys().keys.size() == 1);
    }

    TEST_CASE("where another program has one of the two ports it is said, no half of the door opens, and the whole when it is free") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        for (const int taken : {agent.port, agent.port + 1}) {
            CAPTURE(taken - agent.port);
            const int free = 2 * agent.port + 1 - taken;
            set_parameter(agent, "LanAddress", std::string{});
            REQUIRE(eventually([&] { return !is_listening(agent.port) && !is_listening(agent.port + 1); }));
            {
                const Squatter squatter{taken};
                set_parameter(agent, "LanAddress", fmt::format("127.0.0.1:{}", agent.port));
                CHECK(eventually([&] { return has_lan_alert(agent); }));
                CHECK(agent.keys().lan_problem.value_or("").find(std::to_string(taken)) != std::string::npos);
                CHECK(complaint(agent, ipc::keys::Invite{Role::viewer, {}, {}}).find("cannot reach") != std::string::npos);
                CHECK(eventually([&] { return !is_listening(free); }));
                CHECK(station.outcome(ipc::agent::Status{}) == "no_agent");
                CHECK(outcome(agent, a_submit({a_change(std::to_string(taken), "SKU-1", 1)})) == "answered");  // this machine notices nothing
            }
            CHECK(eventually([&] { return !has_lan_alert(agent); }));
            CHECK(!agent.keys().lan_problem);
            CHECK(station.outcome(ipc::agent::Status{}) == "answered");
        }
    }

    TEST_CASE("an address that is none is refused and changes nothing") {
        SharedAgent agent;
        for (const char* wrong : {"5770", "*:", ":5770", "*:0", "*:70000", "a b:5770", "tcp://x:1", "::1:5770", "[till]:5770"}) {
            CAPTURE(wrong);
            ipc::parameters::Set set;
            set.parameters["LanAddress"] = std::string{wrong};
            CHECK(outcome(agent, set) == "invalid_params");
        }
        CHECK(agent.keys().lan_address == fmt::format("127.0.0.1:{}", agent.port));
    }

    TEST_CASE("the agent's own endpoint never is the network: it has no keys there") {
        TempDir dir;
        const auto said = run({{STOCKTRAY_BIN_DIR "/stocktray-agent", "--data-dir", dir.path() / "data", "--endpoint",
                                "tcp://0.0.0.0:5770"},
                               {{"XDG_STATE_HOME", dir.path() / "state"}},
                               {}});
        CHECK(said.exit_code == 64);
        CHECK(said.errors.find("LanAddress") != std::string::npos);
    }
}
