// The server's two sockets with their limits. Internal to ipc/server.
#pragma once
#include <zmq.hpp>

#include "ipc/endpoint.h"
#include "ipc/error.h"

namespace stocktray::ipc {

// ROUTER for requests: bounded queues per client; answers that a client does not fetch are dropped.
[[nodiscard]] Expected<zmq::socket_t> bind_requests(zmq::context_t& context, const std::string& endpoint);

// XPUB for events: every subscription is told to us, so that each subscriber can be greeted.
[[nodiscard]] Expected<zmq::socket_t> bind_events(zmq::context_t& context, const std::string& endpoint);

}  // namespace stocktray::ipc
