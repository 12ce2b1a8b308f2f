// How the other end of a TCP connection is. What is particular to an operating system stands in connection_state_*.cpp.
#pragma once
#include <cstdint>

namespace stocktray::gateway {

// Has the other end closed it, or broken it off? Reads nothing from it.
[[nodiscard]] bool is_closed_by_peer(int socket) noexcept;
// How much has come in over it, the other end's "that was all" included.
[[nodiscard]] std::uint64_t received(int socket) noexcept;
// Was it thrown away by the other end (a reset)? `received_before`: what had come in while it was well; an orderly end
// would have added to it. Asked before the socket is closed here.
[[nodiscard]] bool was_broken_off(int socket, std::uint64_t received_before) noexcept;

}  // namespace stocktray::gateway
