// An agent with a door on the network, and workstations that come through it.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "ipc/client/client.h"
#include "ipc/client/feed.h"
#include "ipc/client/pair.h"
#include "ipc/keys/profile.h"
#include "tests/agent/agent_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

struct SharedAgent : AgentProcess {
    int port{free_port()};  // a door has two ports, the one with the key before two more

    SharedAgent() : SharedAgent(Options{}) {}
    explicit SharedAgent(Options options) : AgentProcess{std::move(options)} {
        start();
        set_parameter(*this, "LanAddress", fmt::format("127.0.0.1:{}", port));
        (void)keys();  // answered in a later turn than the one that opens the door
    }

    [[nodiscard]] ipc::Pairing invite(ipc::Role role, std::vector<ipc::Bar> barred = {}) {
        return ipc::Pairing::parse(must(ipc::keys::Invite{role, std::move(barred), "127.0.0.1"}).pairing).value();
    }
    [[nodiscard]] ipc::keys::ListResult keys() { return must(ipc::keys::List{}); }
};

// A user on another computer. The programs of this process are theirs until the next one sits down.
class Workstation {
public:
    Workstation() { sit_down(); }

    void sit_down() const {
        ::setenv("STOCKTRAY_PROFILE", profile_file().c_str(), 1);
        ::unsetenv("STOCKTRAY_ENDPOINT");
    }

    [[nodiscard]] std::filesystem::path profile_file() const { return dir_.path() / "shared-agent.json"; }
    [[nodiscard]] ipc::Profile profile() const { return ipc::read_profile(profile_file()).value().value(); }
    [[nodiscard]] std::string key() const { return profile().own.public_key.hex(); }

    ipc::Expected<ipc::keys::PairResult> pair(const ipc::Pairing& pairing, const std::string& name = "ann@till-2",
                                              ipc::Admittance admittance = ipc::Admittance::by_token) const {
        sit_down();
        return ipc::pair_with(pairing, admittance, name, std::chrono::seconds{20});
    }
    // As every program of this user would: by the profile. On a busy machine it may take seconds to be let in.
    [[nodiscard]] ipc::Client client() const {
        sit_down();
        return ipc::Client::open({.reach_within = std::chrono::seconds{5}}).value();
    }
    template <ipc::Request T>
    ipc::Expected<typename T::Result> call(const T& request) const {
        return client().call(request, std::chrono::seconds{20});
    }
    // "answered", or the word of the error.
    template <ipc::Request T>
    [[nodiscard]] std::string outcome(const T& request) const {
        const auto result = call(request);
        return result ? "answered" : std::string{ipc::to_string(result.error().code)};
    }

private:
    TempDir dir_;
};

}  // namespace stocktray::tests
