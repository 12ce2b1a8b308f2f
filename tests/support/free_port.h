// A port on the loopback address that nobody listens on at this moment.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace stocktray::tests {

// Another program may take it before the caller does: whoever starts a server on it tries again with a new
// one.
[[nodiscard]] inline std::uint16_t free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    const bool is_bound = descriptor >= 0 && ::bind(descriptor, generic, size) == 0 &&
                          ::getsockname(descriptor, generic, &size) == 0;
    const int error = errno;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if (!is_bound) {
        throw std::system_error(error, std::generic_category(), "free_port");
    }
    return ::ntohs(address.sin_port);
}

}  // namespace stocktray::tests
