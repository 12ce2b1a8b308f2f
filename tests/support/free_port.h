// Ports on the loopback address that are this test's own until its process ends.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <random>
#include <stdexcept>

namespace stocktray::tests {

namespace ports {

// A socket of the type that is bound to the port; -1 if somebody else has it.
[[nodiscard]] inline int bound(int type, int port) {
    const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    if (descriptor >= 0 &&
        ::bind(descriptor, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0)
        return descriptor;
    if (descriptor >= 0) ::close(descriptor);
    return -1;
}

[[nodiscard]] inline bool is_free(int port) {
    const int descriptor = bound(SOCK_STREAM, port);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

}  // namespace ports

// The first of four TCP ports in a row that nobody listens on. No other test gets them while this process
// lives: the UDP port of the same number is the reservation, and is never closed. The kernel gives them to
// nobody either, since they lie below those it hands out by itself; a port that it did hand out can be some
// connection's a moment later.
[[nodiscard]] inline std::uint16_t free_port() {
    static constexpr int first = 20'000, blocks = 3'000, size = 4;
    std::random_device chance;
    const int start = static_cast<int>(chance() % blocks);
    for (int step = 0; step < blocks; ++step) {
        const int port = first + (start + step) % blocks * size;
        const int reservation = ports::bound(SOCK_DGRAM, port);
        if (reservation < 0) continue;
        if (ports::is_free(port) && ports::is_free(port + 1) && ports::is_free(port + 2) &&
            ports::is_free(port + 3))
            return static_cast<std::uint16_t>(port);
        ::close(reservation);
    }
    throw std::runtime_error{"free_port: none left"};
}

}  // namespace stocktray::tests
