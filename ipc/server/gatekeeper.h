// ZeroMQ's authenticator (ZAP, RFC 27) for the doors of one server: every key that completes the handshake may ask,
// so that a refusal can be said in words; only those who may listen hear events.
//
// Internal to ipc/server.
#pragma once
#include <functional>
#include <string_view>
#include <zmq.hpp>

#include "ipc/server/caller.h"

namespace stocktray::ipc {

class Gatekeeper {
public:
    static constexpr std::string_view requests_domain = "requests";
    static constexpr std::string_view events_domain = "events";

    using MayListen = std::function<bool(const Caller&)>;

    // Before the first socket of the context that it is to watch is bound. Throws zmq::error_t.
    explicit Gatekeeper(zmq::context_t& context);

    // Answers everybody who waits at a door.
    void attend(const MayListen& may_listen);

    [[nodiscard]] zmq::socket_t& socket() noexcept { return socket_; }

private:
    zmq::socket_t socket_;
};

// Who sent this message: from what the gatekeeper and ZeroMQ have noted on it.
[[nodiscard]] Caller caller_of(zmq::message_t& message);

}  // namespace stocktray::ipc
