// The server's sockets with their limits. Internal to ipc/server.
#pragma once
#include <optional>
#include <string>
#include <zmq.hpp>

#include "ipc/endpoint.h"
#include "ipc/error.h"
#include "ipc/keys/curve_key.h"

namespace stocktray::ipc {

// Who can reach a door at all; who may do what is looked up per request.
struct Admission {
    enum class Local { owner_only, all_users };
    Local local{Local::owner_only};
    std::optional<KeyPair> keys{};  // of a door on the network: nobody comes in without knowing it
};

// ROUTER for requests: bounded queues per client; answers that a client does not fetch are dropped.
[[nodiscard]] Expected<zmq::socket_t> bind_requests(zmq::context_t& context, const std::string& endpoint,
                                                    const Admission& admission);

// XPUB for events: every subscription is told to us, so that each subscriber can be greeted.
[[nodiscard]] Expected<zmq::socket_t> bind_events(zmq::context_t& context, const std::string& endpoint,
                                                  const Admission& admission);

}  // namespace stocktray::ipc
