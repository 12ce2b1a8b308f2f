// ZeroMQ calls that never wait, never throw, and are not disturbed by signals. Internal to ipc.
#pragma once
#include <string_view>
#include <zmq.hpp>

namespace stocktray::ipc {

enum class Part { last, more };

// False: nothing is waiting. Also reads the next part of a message whose parts are `more()`.
[[nodiscard]] bool receive_now(zmq::socket_t& socket, zmq::message_t& into) noexcept;

// False: the peer's queue is full, or there is no peer.
bool send_now(zmq::socket_t& socket, std::string_view bytes, Part part) noexcept;

// Asking also arms the socket's descriptor, which reports changes only.
[[nodiscard]] bool has_input(zmq::socket_t& socket) noexcept;
[[nodiscard]] bool has_room(zmq::socket_t& socket) noexcept;

[[nodiscard]] inline std::string_view bytes_of(const zmq::message_t& message) noexcept {
    return {static_cast<const char*>(message.data()), message.size()};
}

}  // namespace stocktray::ipc
