// Who asks.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "ipc/keys/curve_key.h"

namespace stocktray::ipc {

struct Caller {
    std::optional<PublicKey> key{};       // over the network: the key that it has proven to own
    std::optional<std::uint32_t> user{};  // on this machine: the user of the process, as the system says
    std::string address{};                // over tcp: the peer's

    [[nodiscard]] bool is_on_network() const noexcept { return key.has_value(); }
};

}  // namespace stocktray::ipc
