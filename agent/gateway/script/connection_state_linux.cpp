#include <netinet/in.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "agent/gateway/script/connection_state.h"

namespace stocktray::gateway {
namespace {

constexpr int state_closed = 7;  // TCP_CLOSE, which the kernel's header for programs leaves out

tcp_info info_of(int socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

}  // namespace

bool is_closed_by_peer(int socket) noexcept {
    char byte = 0;
    const auto read = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return read == 0 || (read < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

std::uint64_t received(int socket) noexcept { return info_of(socket).tcpi_bytes_received; }

bool was_broken_off(int socket, std::uint64_t received_before) noexcept {
    // Both ends closed, or a reset; the sequence number of the other end's FIN is counted as a byte.
    const auto info = info_of(socket);
    return info.tcpi_state == state_closed && info.tcpi_bytes_received == received_before;
}

}  // namespace stocktray::gateway
