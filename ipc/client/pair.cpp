#include "ipc/client/pair.h"

#include <fmt/format.h>

#include "ipc/client/client.h"
#include "ipc/client/route.h"
#include "ipc/keys/profile.h"
#include "ipc/whoami.h"

namespace stocktray::ipc {
namespace {

constexpr int attempts = 3;  // with the same key: the agent knows it again

Error in_words(Error error, const Pairing& pairing) {
    if (error.code == Code::no_agent)
        error.message = fmt::format("No agent with the key of this pairing string answers at {}:{}. Is its computer on, is this "
                                    "one in the same network, and does no firewall close the ports {} and {}?",
                                    pairing.host, pairing.port, pairing.port, pairing.port + 1);
    return error;
}

}  // namespace

std::string own_name() {
    const auto user = login_name();
    return user.empty() ? host_name() : fmt::format("{}@{}", user, host_name());
}

Expected<keys::PairResult> pair_with(const Pairing& pairing, Admittance admittance, const std::string& name,
                                     std::chrono::milliseconds patience) {
    auto known = read_profile(default_profile());
    // One that is damaged is what this is to mend.
    if (!known && known.error().code == Code::conflict) known = std::optional<Profile>{};
    if (!known) return Failure{std::move(known.error())};
    const bool is_same_agent = *known && (*known)->agent_key == pairing.agent_key;
    Profile profile{pairing.endpoint(), pairing.agent_key, is_same_agent ? (*known)->own : KeyPair::draw(), {}};
    auto endpoints = endpoints_of(profile.endpoint);
    if (!endpoints) return Failure{std::move(endpoints.error())};
    auto client = Client::open({.reach_within = patience, .route = route_of(*endpoints, {profile.agent_key, profile.own})});
    if (!client) return Failure{std::move(client.error())};

    keys::Pair request;
    if (admittance == Admittance::by_token) request.token = Secret{pairing.token};
    request.name = name;
    for (int attempt = 1;; ++attempt) {
        auto answer = client->call(request, patience);
        if (!answer && answer.error().code == Code::no_answer && attempt < attempts) continue;
        if (!answer) return Failure{in_words(std::move(answer.error()), pairing)};
        profile.agent_name = answer->agent_name;
        if (auto written = write_profile(default_profile(), profile); !written) return Failure{std::move(written.error())};
        return answer;
    }
}

}  // namespace stocktray::ipc
