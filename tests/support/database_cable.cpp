#include "tests/support/database_cable.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace stocktray::tests {
namespace {

constexpr int patience_ms = 50;

sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

bool pass_on(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

DatabaseCable::DatabaseCable(std::filesystem::path server) : server_{std::move(server)} {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(socket());
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 16) != 0)
        throw std::system_error(errno, std::generic_category(), "cable");
    acceptor_ = std::jthread{[this] { accept_loop(); }};
}

DatabaseCable::~DatabaseCable() {
    is_ending_ = true;
    acceptor_.join();
    carriers_.clear();
    ::close(listener_);
}

void DatabaseCable::cut_at(const std::string& word) {
    const std::lock_guard lock{mutex_};
    word_ = word;
}

void DatabaseCable::accept_loop() {
    while (!is_ending_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, patience_ms) != 1) continue;
        if (const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); client >= 0)
            carriers_.emplace_back([this, client] { carry(client); });
    }
}

void DatabaseCable::carry(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(server_);
    bool is_open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    std::array<char, 65536> buffer{};
    while (is_open && !is_ending_) {
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), patience_ms) <= 0) continue;
        for (std::size_t i = 0; i < ends.size() && is_open; ++i) {
            if (ends[i].revents == 0) continue;
            const auto got = ::recv(ends[i].fd, buffer.data(), buffer.size(), 0);
            const std::string_view bytes{buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
            if (i == 0) {
                const std::lock_guard lock{mutex_};
                if (!word_.empty() && bytes.find(word_) != std::string_view::npos) {
                    ++cuts_;
                    is_open = false;
                    break;
                }
            }
            is_open = !bytes.empty() && pass_on(ends[1 - i].fd, bytes);
        }
    }
    ::close(client);
    ::close(server);
}

}  // namespace stocktray::tests
