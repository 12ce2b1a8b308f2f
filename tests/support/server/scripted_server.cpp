#include "scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace stocktray::test {
namespace {

struct Bound {
    int socket;
    std::uint16_t port;
};

Bound bind_free_port() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (made < 0 || ::bind(made, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error{"no port to be had"};
    return {made, ntohs(address.sin_port)};
}

std::size_t announced_length(std::string_view head) {
    std::string low{head};
    std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto at = low.find("\r\ncontent-length:");
    return at == std::string::npos ? 0 : std::stoul(low.substr(at + 17));
}

}  // namespace

struct Connection::Impl {
    int socket{-1};
    int number{0};
    std::string held;  // read and not yet given away
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{nullptr, SSL_CTX_free};
    std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, SSL_free};

    bool begin(const std::optional<TlsIdentity>& tls) {
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (!tls) return true;
        context.reset(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_set_security_level(context.get(), 0);  // a bad server has what it likes
        SSL_CTX_use_certificate_chain_file(context.get(), tls->certificate_file.c_str());
        SSL_CTX_use_PrivateKey_file(context.get(), tls->key_file.c_str(), SSL_FILETYPE_PEM);
        ssl.reset(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), socket);
        return SSL_accept(ssl.get()) == 1;
    }

    // False: closed.
    bool fill() {
        char piece[4096];
        const auto got = ssl ? SSL_read(ssl.get(), piece, sizeof piece)
                             : static_cast<int>(::recv(socket, piece, sizeof piece, 0));
        if (got <= 0) return false;
        held.append(piece, static_cast<std::size_t>(got));
        return true;
    }

    std::optional<std::string> take_until(const std::function<std::optional<std::size_t>()>& end) {
        for (;;) {
            if (const auto size = end()) {
                std::string taken = held.substr(0, *size);
                held.erase(0, *size);
                return taken;
            }
            if (!fill()) return std::nullopt;
        }
    }
};

std::optional<std::string> Connection::read_head() {
    return impl_.take_until([this]() -> std::optional<std::size_t> {
        const auto end = impl_.held.find("\r\n\r\n");
        if (end == std::string::npos) return std::nullopt;
        return end + 4;
    });
}

std::optional<std::string> Connection::read_body(const std::string& head) {
    return impl_.take_until([this, length = announced_length(head)]() -> std::optional<std::size_t> {
        if (impl_.held.size() < length) return std::nullopt;
        return length;
    });
}

std::optional<std::string> Connection::read_request() {
    const auto head = read_head();
    if (!head) return std::nullopt;
    const auto body = read_body(*head);
    if (!body) return std::nullopt;
    return *head + *body;
}

bool Connection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent =
            impl_.ssl ? SSL_write(impl_.ssl.get(), bytes.data(), static_cast<int>(bytes.size()))
                      : static_cast<int>(::send(impl_.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Connection::send_one_by_one(std::string_view bytes) {
    return std::ranges::all_of(bytes, [this](const char& byte) { return send({&byte, 1}); });
}

void Connection::hang() {
    while (impl_.fill()) impl_.held.clear();
}

void Connection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(impl_.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int Connection::number() const noexcept {
    return impl_.number;
}

ScriptedServer::ScriptedServer(Script script, std::optional<TlsIdentity> tls)
    : script_{std::move(script)}, tls_{std::move(tls)} {
    std::signal(SIGPIPE, SIG_IGN);  // a client that refuses the certificate is gone while TLS still writes
    const Bound bound = bind_free_port();
    listener_ = bound.socket;
    port_ = bound.port;
    if (::listen(listener_, 64) != 0) throw std::runtime_error{"cannot listen"};
    acceptor_ = std::thread{[this] { accept(); }};
}

ScriptedServer::~ScriptedServer() {
    is_ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);  // ends the wait in accept()
    acceptor_.join();
    ::close(listener_);
    {
        const std::lock_guard lock{mutex_};
        for (const auto& connection : open_) ::shutdown(connection->socket, SHUT_RDWR);
    }
    for (std::thread& worker : workers_) worker.join();
}

void ScriptedServer::accept() {
    while (!is_ending_) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            return;
        }
        auto made = std::make_unique<Connection::Impl>();
        made->socket = client;
        made->number = ++connections_;
        const std::lock_guard lock{mutex_};
        const auto place = open_.insert(open_.end(), std::move(made));
        workers_.emplace_back([this, place] {
            Connection::Impl& impl = **place;
            if (impl.begin(tls_)) {
                Connection connection{impl};
                script_(connection);
                if (impl.ssl) SSL_shutdown(impl.ssl.get());
            }
            const std::lock_guard end{mutex_};
            ::close(impl.socket);
            open_.erase(place);
        });
    }
}

std::string ScriptedServer::url(std::string_view path, std::string_view host) const {
    return (tls_ ? "https://" : "http://") + std::string{host} + ":" + std::to_string(port_) +
           std::string{path};
}

std::string answer(std::string_view body, std::string_view status, std::string_view more_headers) {
    return "HTTP/1.1 " + std::string{status} +
           "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{more_headers} + "\r\n" + std::string{body};
}

DeadPort::DeadPort() {
    const Bound bound = bind_free_port();
    socket_ = bound.socket;
    port_ = bound.port;
}

DeadPort::~DeadPort() {
    ::close(socket_);
}

}  // namespace stocktray::test
