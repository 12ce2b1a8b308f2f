#include "ipc/client/route.h"

#include <fmt/format.h>

#include "ipc/keys/profile.h"

namespace stocktray::ipc {
namespace {

constexpr int old_door_beyond = 2;  // ports behind the door's own two

}  // namespace

Route route_of(const Endpoints& endpoints, const Route::Keys& keys) {
    Route route{.endpoints = endpoints, .keys = keys};
    if (auto old = neighbour(endpoints, old_door_beyond)) route.old_door = std::move(*old);
    return route;
}

Expected<Route> route_to(std::string_view endpoint) {
    const auto surroundings = Surroundings::of_this_process();
    const std::string named = endpoint.empty() ? surroundings.endpoint : std::string{endpoint};
    if (!named.empty() && !is_on_network(named)) {
        auto endpoints = endpoints_of(named);
        if (!endpoints) return Failure{std::move(endpoints.error())};
        // A shared agent may be on this very machine.
        const auto profile = named.starts_with("tcp://") ? read_profile(default_profile()) : std::optional<Profile>{};
        if (profile && *profile && (*profile)->endpoint == named)
            return route_of(*endpoints, {(*profile)->agent_key, (*profile)->own});
        return Route{.endpoints = std::move(*endpoints)};
    }
    auto profile = read_profile(default_profile());
    if (!profile) return Failure{std::move(profile.error())};
    if (named.empty() && !*profile) {
        auto endpoints = endpoints_of(client_endpoint(surroundings));
        if (!endpoints) return Failure{std::move(endpoints.error())};
        return Route{.endpoints = std::move(*endpoints), .is_fallback = true};
    }
    if (!*profile || (!named.empty() && (*profile)->endpoint != named))
        return fail(Code::unauthorized,
                    fmt::format("This computer is not paired with the agent at {}. Let the agent's computer show a pairing "
                                "string (stocktrayctl keys invite), then run here: stocktrayctl pair",
                                named));
    auto endpoints = endpoints_of((*profile)->endpoint);
    if (!endpoints) return Failure{std::move(endpoints.error())};
    return route_of(*endpoints, {(*profile)->agent_key, (*profile)->own});
}

Error nobody_answers(const Route& route, const Surroundings& surroundings) {
    const auto say = [](std::string message) { return Error{Code::no_agent, std::move(message), std::nullopt}; };
    const auto& place = route.endpoints.requests;
    if (route.keys)
        return say(fmt::format("No agent answers at {}. Is stocktray-agent running there, and does that computer's firewall let "
                               "this one through? If its key was changed, pair this computer again.",
                               place));
    if (!route.is_fallback) return say(fmt::format("No agent answers at {}. Is stocktray-agent running?", place));
    constexpr std::string_view how = "pair this one with it first. Let that computer show a pairing string (stocktrayctl keys "
                                     "invite), then run here: stocktrayctl pair";
    if (!surroundings.can_have_agent)
        return say(fmt::format("This computer is not paired. The agent runs on another computer: {}", how));
    return say(fmt::format("No agent answers at {}. Is stocktray-agent running? If it runs on another computer, {}", place, how));
}

void keep_up_with(std::string_view agent_key) {
    const auto key = PublicKey::from_hex(agent_key);
    const auto profile = read_profile(default_profile());
    if (!key || !profile || !*profile || (*profile)->agent_key == *key) return;
    Profile renewed = **profile;
    renewed.agent_key = *key;
    // What cannot be written now is told again at the next connection.
    (void)write_profile(default_profile(), renewed);
}

}  // namespace stocktray::ipc
