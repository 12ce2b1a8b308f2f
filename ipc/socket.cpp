#include "ipc/socket.h"

#include <cerrno>

namespace stocktray::ipc {
namespace {

// Again while only a signal came between.
int undisturbed(auto&& call) noexcept {
    int result = -1;
    do {
        result = call();
    } while (result == -1 && errno == EINTR);
    return result;
}

bool has_event(zmq::socket_t& socket, int wanted) noexcept {
    int events = 0;
    std::size_t size = sizeof events;
    const int result =
        undisturbed([&] { return zmq_getsockopt(socket.handle(), ZMQ_EVENTS, &events, &size); });
    return result == 0 && (events & wanted) != 0;
}

}  // namespace

bool receive_now(zmq::socket_t& socket, zmq::message_t& into) noexcept {
    return undisturbed([&] { return zmq_msg_recv(into.handle(), socket.handle(), ZMQ_DONTWAIT); }) >= 0;
}

bool send_now(zmq::socket_t& socket, std::string_view bytes, Part part) noexcept {
    const int flags = ZMQ_DONTWAIT | (part == Part::more ? ZMQ_SNDMORE : 0);
    return undisturbed([&] { return zmq_send(socket.handle(), bytes.data(), bytes.size(), flags); }) >= 0;
}

bool has_input(zmq::socket_t& socket) noexcept {
    return has_event(socket, ZMQ_POLLIN);
}

bool has_room(zmq::socket_t& socket) noexcept {
    return has_event(socket, ZMQ_POLLOUT);
}

}  // namespace stocktray::ipc
