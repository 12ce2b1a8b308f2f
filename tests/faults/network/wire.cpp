#include "tests/faults/network/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace stocktray::tests {
namespace {

using namespace std::chrono_literals;

constexpr int look_around_ms = 20;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

sockaddr* as_address(sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); }

bool send_all(int socket, const char* bytes, std::size_t size, Carriage carriage) {
    const std::size_t step = carriage == Carriage::byte_by_byte ? 1 : size;
    auto due = std::chrono::steady_clock::now();  // a busy machine that sleeps too long makes up for it
    for (std::size_t at = 0; at < size;) {
        const auto sent = ::send(socket, bytes + at, std::min(step, size - at), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        at += static_cast<std::size_t>(sent);
        if (carriage == Carriage::byte_by_byte) std::this_thread::sleep_until(due += 250us);
    }
    return true;
}

void without_delay(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The next close sends a reset.
void will_reset(int socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

Wire::Wire(std::uint16_t to_port, Reach reach) : to_port_{to_port} {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    if (reach == Reach::all) address.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof address;
    if (::bind(listener_, as_address(address), size) != 0 || ::listen(listener_, 64) != 0) throw std::runtime_error{"the wire cannot listen"};
    ::getsockname(listener_, as_address(address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread{[this](const std::stop_token& stop) { accept_loop(stop); }};
}

Wire::~Wire() {
    acceptor_.request_stop();
    acceptor_.join();
    workers_.clear();
    ::close(listener_);
}

void Wire::accept_loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, look_around_ms) <= 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        ++connections_;
        workers_.emplace_back([this, client](const std::stop_token& end) {
            carry(client, end);
            ::close(client);
        });
    }
}

void Wire::carry(int client, const std::stop_token& stop) {
    without_delay(client);
    const int store = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(to_port_);
    const bool is_connected = ::connect(store, as_address(address), sizeof address) == 0;
    without_delay(store);
    std::array<char, 16'384> buffer{};
    while (is_connected && !stop.stop_requested()) {
        std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {store, POLLIN, 0}}};
        const auto carriage = carriage_.load();
        if (carriage == Carriage::silent) {
            std::this_thread::sleep_for(std::chrono::milliseconds{look_around_ms});
            continue;
        }
        if (::poll(ends.data(), ends.size(), look_around_ms) <= 0) continue;
        if (carriage == Carriage::resets) {
            will_reset(client);
            break;
        }
        bool is_open = true;
        for (std::size_t from = 0; from < ends.size() && is_open; ++from) {
            if (ends[from].revents == 0) continue;
            const auto got = ::recv(ends[from].fd, buffer.data(), buffer.size(), 0);
            const bool is_lost = from == 1 && carriage == Carriage::no_answers;
            is_open = got > 0 && (is_lost || send_all(ends[1 - from].fd, buffer.data(), static_cast<std::size_t>(got), carriage));
            // A store that closes after its answer does not tell, where answers are lost.
            if (!is_open && is_lost) {
                while (!stop.stop_requested() && carriage_ == Carriage::no_answers) std::this_thread::sleep_for(20ms);
            }
        }
        if (!is_open) break;
    }
    ::close(store);
}

}  // namespace stocktray::tests
