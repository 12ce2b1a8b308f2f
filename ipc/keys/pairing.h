// The pairing string: what the agent's computer shows and a workstation takes, so that each finds exactly the other.
//
//     stocktray-pair:HOST:PORT:KEY:TOKEN
//
// KEY is the agent's public key, TOKEN is good once and for ten minutes.
#pragma once
#include <string>
#include <string_view>

#include "ipc/error.h"
#include "ipc/keys/curve_key.h"

namespace stocktray::ipc {

struct Pairing {
    std::string host;  // a name or an address; [..] around one with colons
    int port{0};
    PublicKey agent_key;
    std::string token;  // 32 hexadecimal digits

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string endpoint() const;  // tcp://host:port
    // Blanks and line ends, as mail programs put them in, are passed over. `invalid_params` with what is wrong.
    [[nodiscard]] static Expected<Pairing> parse(std::string_view text);
};

}  // namespace stocktray::ipc
