#include "ipc/server/sockets.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "ipc/codec/document.h"

namespace stocktray::ipc {
namespace {

// Per client. Requests waiting to be read: a good batch for one commit. Answers waiting to be fetched:
// PROTOCOL.md promises room for 500. Events: some seconds of the busiest store.
constexpr int waiting_requests = 128;
constexpr int waiting_answers = 512;
constexpr int waiting_events = 2'000;

constexpr int longest_subscription = 256;
constexpr int farewell_ms = 200;  // how long an end waits for the last answers

// Sockets are made for this user only, whatever the folder's rights are.
class OwnerOnly {
public:
    OwnerOnly() : before_{::umask(0177)} {}
    OwnerOnly(const OwnerOnly&) = delete;
    OwnerOnly& operator=(const OwnerOnly&) = delete;
    ~OwnerOnly() { ::umask(before_); }

private:
    mode_t before_;
};

void set_common(zmq::socket_t& socket, const std::string& endpoint) {
    socket.set(zmq::sockopt::linger, farewell_ms);
    // A machine that was switched off says nothing: tcp clients are asked now and then whether they live. Of
    // a client on this machine the system tells us when it ends; nobody has to be woken for that.
    if (!endpoint.starts_with("tcp://")) return;
    socket.set(zmq::sockopt::heartbeat_ivl, 10'000);
    socket.set(zmq::sockopt::heartbeat_timeout, 30'000);
}

Expected<zmq::socket_t> bound(zmq::socket_t socket, const std::string& endpoint) {
    try {
        const OwnerOnly guard;
        socket.bind(endpoint);
        return socket;
    } catch (const zmq::error_t& error) {
        const auto code = error.num() == EADDRINUSE ? Code::conflict : Code::storage;
        return fail(code, fmt::format("The endpoint {} cannot be opened: {}.", endpoint, error.what()));
    }
}

}  // namespace

Expected<zmq::socket_t> bind_requests(zmq::context_t& context, const std::string& endpoint) {
    zmq::socket_t socket{context, zmq::socket_type::router};
    set_common(socket, endpoint);
    socket.set(zmq::sockopt::rcvhwm, waiting_requests);
    socket.set(zmq::sockopt::sndhwm, waiting_answers);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(Limits{}.bytes));
    return bound(std::move(socket), endpoint);
}

Expected<zmq::socket_t> bind_events(zmq::context_t& context, const std::string& endpoint) {
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    set_common(socket, endpoint);
    socket.set(zmq::sockopt::sndhwm, waiting_events);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t{longest_subscription});
    // Without this a second subscriber to the same topic would come in unseen.
    socket.set(zmq::sockopt::xpub_verbose, 1);
    return bound(std::move(socket), endpoint);
}

}  // namespace stocktray::ipc
