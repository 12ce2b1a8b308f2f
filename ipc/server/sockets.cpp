#include "ipc/server/sockets.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "ipc/codec/document.h"
#include "ipc/host.h"
#include "ipc/server/gatekeeper.h"

namespace stocktray::ipc {
namespace {

// Per client. Requests waiting to be read: a good batch for one commit. Answers waiting to be fetched:
// PROTOCOL.md promises room for 500. Events: some seconds of the busiest store.
constexpr int waiting_requests = 128;
constexpr int waiting_answers = 512;
constexpr int waiting_events = 2'000;

constexpr std::int64_t longest_subscription = 256;
constexpr std::int64_t longest_handshake = 1'024;  // of CURVE: the limit holds for its messages, too
constexpr int farewell_ms = 200;  // how long an end waits for the last answers

constexpr int handshake_ms = 5'000;  // who connects and says nothing is let go

// Local sockets are made for this user only, whatever the folder's rights are, unless others are let in.
class SocketMode {
public:
    explicit SocketMode(Admission::Local local)
        : before_{::umask(local == Admission::Local::owner_only ? 0177 : 0111)} {}
    SocketMode(const SocketMode&) = delete;
    SocketMode& operator=(const SocketMode&) = delete;
    ~SocketMode() { ::umask(before_); }

private:
    mode_t before_;
};

// A whole company that comes back from its lunch, or after the agent's restart, connects within a moment.
constexpr int connecting_at_once = 1'024;

void set_common(zmq::socket_t& socket, const std::string& endpoint) {
    socket.set(zmq::sockopt::backlog, connecting_at_once);
    socket.set(zmq::sockopt::linger, farewell_ms);
    socket.set(zmq::sockopt::ipv6, is_ipv6(endpoint));
    // A machine that was switched off says nothing: tcp clients are asked now and then whether they live. Of
    // a client on this machine the system tells us when it ends; nobody has to be woken for that.
    if (!endpoint.starts_with("tcp://")) return;
    socket.set(zmq::sockopt::heartbeat_ivl, 10'000);
    socket.set(zmq::sockopt::heartbeat_timeout, 30'000);
}

Expected<zmq::socket_t> bound(zmq::socket_t socket, const std::string& endpoint, const Admission& admission,
                              std::string_view domain) {
    try {
        if (admission.keys) {
            socket.set(zmq::sockopt::curve_server, true);
            socket.set(zmq::sockopt::curve_secretkey, admission.keys->secret_z85());
            socket.set(zmq::sockopt::handshake_ivl, handshake_ms);
        }
        if (admission.keys || admission.local == Admission::Local::all_users)
            socket.set(zmq::sockopt::zap_domain, std::string{domain});
        const SocketMode mode{admission.local};
        socket.bind(endpoint);
        return socket;
    } catch (const zmq::error_t& error) {
        const auto code = error.num() == EADDRINUSE ? Code::conflict : Code::storage;
        return fail(code, fmt::format("The endpoint {} cannot be opened: {}.", endpoint, error.what()));
    }
}

}  // namespace

Expected<zmq::socket_t> bind_requests(zmq::context_t& context, const std::string& endpoint,
                                      const Admission& admission) {
    zmq::socket_t socket{context, zmq::socket_type::router};
    set_common(socket, endpoint);
    socket.set(zmq::sockopt::rcvhwm, waiting_requests);
    socket.set(zmq::sockopt::sndhwm, waiting_answers);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(Limits{}.bytes));
    return bound(std::move(socket), endpoint, admission, Gatekeeper::requests_domain);
}

Expected<zmq::socket_t> bind_events(zmq::context_t& context, const std::string& endpoint,
                                    const Admission& admission) {
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    set_common(socket, endpoint);
    socket.set(zmq::sockopt::sndhwm, waiting_events);
    socket.set(zmq::sockopt::maxmsgsize, admission.keys ? longest_handshake : longest_subscription);
    // Without this a second subscriber to the same topic would come in unseen.
    socket.set(zmq::sockopt::xpub_verbose, 1);
    return bound(std::move(socket), endpoint, admission, Gatekeeper::events_domain);
}

}  // namespace stocktray::ipc
