// A client's connection, to be used and ended as clients of all kinds do.
#pragma once
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "tests/support/form_post.h"

namespace stocktray::tests {

class RawClient {
public:
    explicit RawClient(std::uint16_t port) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error{"connect"};
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void write(const std::string& text) { REQUIRE(try_to_write(text)); }
    [[nodiscard]] bool try_to_write(const std::string& text) { return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == std::ssize(text); }
    void post(const std::string& path, const Fields& fields) {
        const auto body = encode(fields);
        write(fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
                          path, body.size(), body));
    }
    std::string read_some() {
        char text[4096];
        const auto size = ::recv(socket_, text, sizeof text, 0);
        return {text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }
    // One whole answer, however it comes.
    std::string read_answer() {
        std::string all;
        for (;;) {
            const auto head = all.find("\r\n\r\n");
            const auto length = all.find("Content-Length: ");
            if (head != all.npos && length < head && all.size() >= head + 4 + std::stoul(all.substr(length + 16))) return all;
            const auto more = read_some();
            if (more.empty()) return all;
            all += more;
        }
    }
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

private:
    int socket_{-1};
};

}  // namespace stocktray::tests
