#include "tests/support/faulty_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace stocktray::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto longer_than_the_client_waits = 1'300ms;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void send_all(int socket, std::string_view text) {
    while (!text.empty()) {
        const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t length_in(const std::string& head) {
    std::string lower = head;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto at = lower.find("content-length:");
    return at == std::string::npos ? 0 : std::stoul(lower.substr(at + 15));
}

// One whole request or answer with a length; nothing if the other end closed before, or it ends here.
std::optional<std::string> read_message(int socket, const std::atomic<bool>& is_ending) {
    std::string text;
    std::array<char, 16'384> buffer{};
    for (;;) {
        if (const auto end = text.find("\r\n\r\n"); end != std::string::npos)
            if (text.size() >= end + 4 + length_in(text.substr(0, end))) return text;
        pollfd waiting{socket, POLLIN, 0};
        if (::poll(&waiting, 1, 100) == 0) {
            if (is_ending) return std::nullopt;
            continue;
        }
        const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (size <= 0) return text.empty() ? std::nullopt : std::optional{text};
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

std::string answer(int status, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: text/html\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: keep-alive\r\n\r\n" + std::string{body};
}

std::string body_of(const std::string& message) {
    const auto end = message.find("\r\n\r\n");
    return end == std::string::npos ? "" : message.substr(end + 4);
}

}  // namespace

FaultyProxy::FaultyProxy(Options options) : options_{options}, random_{options.seed} {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0)
        throw std::runtime_error{"the proxy cannot listen"};
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread{[this] { accept_loop(); }};
}

FaultyProxy::~FaultyProxy() {
    is_ending_ = true;
    acceptor_.join();
    workers_.clear();
    ::close(listener_);
}

std::map<Fault, int> FaultyProxy::counts() {
    const std::lock_guard lock{mutex_};
    return counts_;
}

void FaultyProxy::accept_loop() {
    while (!is_ending_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 50) <= 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        const int on = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        workers_.emplace_back([this, client] {
            serve(client);
            ::close(client);
        });
    }
}

Fault FaultyProxy::draw() {
    const std::lock_guard lock{mutex_};
    auto fault = Fault::none;
    if (!is_healed_ && random_.below(100) < static_cast<std::uint64_t>(options_.faults_in_hundred))
        fault = static_cast<Fault>(1 + random_.below(fault_kinds - 1));
    ++counts_[fault];
    return fault;
}

std::string FaultyProxy::ask_store(const std::string& request) const {
    const int store = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(options_.store_port);
    std::string reply;
    if (::connect(store, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        send_all(store, request);
        reply = read_message(store, is_ending_).value_or("");
    }
    ::close(store);
    return reply;
}

void FaultyProxy::serve(int client) {
    while (!is_ending_) {
        auto request = read_message(client, is_ending_);
        if (!request) return;
        if (options_.extension == Extension::hidden)
            if (const auto at = request->find("stocktray=1"); at != std::string::npos) request->replace(at, 11, "stocktray=0");
        const auto fault = draw();
        switch (fault) {
            case Fault::closed_before: return;
            case Fault::error_before:
                send_all(client, answer(503, "<html><body>Down for maintenance</body></html>"));
                continue;
            case Fault::done_late: std::this_thread::sleep_for(longer_than_the_client_waits); break;
            default: break;
        }
        const std::string reply = ask_store(*request);
        const auto body = body_of(reply);
        switch (fault) {
            case Fault::closed_after: return;
            case Fault::cut_answer: send_all(client, reply.substr(0, reply.size() - body.size() / 2 - 1)); return;
            case Fault::page_instead: send_all(client, answer(200, "<html><body>Welcome to our shop</body></html>")); break;
            case Fault::error_after: send_all(client, answer(500, "<html><body>Internal Server Error</body></html>")); break;
            case Fault::notice_first:
                send_all(client, answer(200, "<br />\n<b>Notice</b>: Undefined index in <b>x.php</b><br />\n" + body));
                break;
            case Fault::answered_late:
                std::this_thread::sleep_for(longer_than_the_client_waits);
                send_all(client, reply);
                break;
            case Fault::slow:
                std::this_thread::sleep_for(100ms);
                [[fallthrough]];
            default: send_all(client, answer(200, body)); break;
        }
        if (reply.empty()) return;
    }
}

}  // namespace stocktray::tests
