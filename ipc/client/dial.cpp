#include "ipc/client/dial.h"

#include "ipc/codec/document.h"
#include "ipc/host.h"

namespace stocktray::ipc {
namespace {

const std::string& address(const Endpoints& endpoints, Line line) {
    return line == Line::requests ? endpoints.requests : endpoints.events;
}

}  // namespace

void dial(zmq::socket_t& socket, const Route& route, Line line) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, 50);
    socket.set(zmq::sockopt::reconnect_ivl_max, 1'000);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(Limits{}.bytes));
    socket.set(zmq::sockopt::ipv6, is_ipv6(route.endpoints.requests));
    if (route.keys) {
        socket.set(zmq::sockopt::curve_serverkey, route.keys->agent.z85());
        socket.set(zmq::sockopt::curve_publickey, route.keys->own.public_key.z85());
        socket.set(zmq::sockopt::curve_secretkey, route.keys->own.secret_z85());
        // A cable that was pulled says nothing.
        socket.set(zmq::sockopt::heartbeat_ivl, 5'000);
        socket.set(zmq::sockopt::heartbeat_timeout, 15'000);
        socket.set(zmq::sockopt::connect_timeout, 5'000);
        socket.set(zmq::sockopt::reconnect_ivl_max, 5'000);
        if (route.old_door) socket.connect(address(*route.old_door, line));
    }
    socket.connect(address(route.endpoints, line));
}

}  // namespace stocktray::ipc
