#include <netinet/in.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include "agent/gateway/script/connection_state.h"

namespace stocktray::gateway {
namespace {

// States of a TCP connection, which the kernel's header for programs leaves out.
constexpr int state_established = 1;
constexpr int state_closed = 7;

tcp_info info_of(int socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

}  // namespace

bool is_closed_by_peer(int socket) noexcept {
    // Not by looking for the end of its data: TLS's farewell stands before that and is not read yet.
    return info_of(socket).tcpi_state != state_established;
}

std::uint64_t received(int socket) noexcept { return info_of(socket).tcpi_bytes_received; }

bool was_broken_off(int socket, std::uint64_t received_before) noexcept {
    // Both ends closed, or a reset; the sequence number of the other end's FIN is counted as a byte.
    const auto info = info_of(socket);
    return info.tcpi_state == state_closed && info.tcpi_bytes_received == received_before;
}

}  // namespace stocktray::gateway
