// The way to an agent: where it is, and for one on the network by which keys.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ipc/endpoint.h"
#include "ipc/error.h"
#include "ipc/keys/curve_key.h"

namespace stocktray::ipc {

struct Route {
    struct Keys {
        PublicKey agent;
        KeyPair own;

        bool operator==(const Keys& other) const { return agent == other.agent && own.public_key == other.own.public_key; }
    };

    Endpoints endpoints{};
    // Where an agent that has a new key is still known by the old one, for a day.
    std::optional<Endpoints> old_door{};
    std::optional<Keys> keys{};  // none: the same machine
    bool is_fallback{false};     // nobody named it, and this computer is paired with no agent: that of this machine

    bool operator==(const Route&) const = default;
};

// `endpoint` empty: $STOCKTRAY_ENDPOINT, else the shared agent that this computer is paired with, else the agent of
// this machine. `unauthorized` for one on the network that it is not paired with.
[[nodiscard]] Expected<Route> route_to(std::string_view endpoint);

// Nobody answers there: that, and what to look at or to do. `surroundings`: of this process.
[[nodiscard]] Error nobody_answers(const Route& route, const Surroundings& surroundings);

// The agent says that it has this key from now on: the profile remembers it, so that the next connection finds it
// when the old key has ended. Nothing happens where that is known, or the text is no key.
void keep_up_with(std::string_view agent_key);

// Built from what is known already.
[[nodiscard]] Route route_of(const Endpoints& endpoints, const Route::Keys& keys);

}  // namespace stocktray::ipc
