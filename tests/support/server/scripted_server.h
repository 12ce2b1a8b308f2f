// A server on a free port of this machine that plays a script for each connection: byte by byte, half
// answers, silence, sudden ends. A thread per connection; all of them end with the server.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace stocktray::test {

struct TlsIdentity {
    std::string certificate_file;
    std::string key_file;
};

// One client's connection, for the script that serves it.
class Connection {
public:
    struct Impl;
    explicit Connection(Impl& impl) : impl_{impl} {}

    // The next request, its line and headers included, with a body of the length that it announces. None:
    // the client, or the server, has closed.
    [[nodiscard]] std::optional<std::string> read_request();
    // Only as far as the empty line behind the headers.
    [[nodiscard]] std::optional<std::string> read_head();
    // The body that belongs to a head.
    [[nodiscard]] std::optional<std::string> read_body(const std::string& head);

    // False: the client has gone.
    bool send(std::string_view bytes);
    bool send_one_by_one(std::string_view bytes);
    // Waits until the client closes or the server ends; what comes meanwhile is thrown away.
    void hang();
    // Ends the connection by a reset, so that the client reads an error and not an end.
    void reset();

    // The number of this connection: 1 for the server's first one.
    [[nodiscard]] int number() const noexcept;

private:
    Impl& impl_;
};

class ScriptedServer {
public:
    using Script = std::function<void(Connection&)>;

    explicit ScriptedServer(Script script, std::optional<TlsIdentity> tls = std::nullopt);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    // `http(s)://<host>:<port><path>`
    [[nodiscard]] std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    void accept();

    Script script_;
    std::optional<TlsIdentity> tls_;
    int listener_{-1};
    std::uint16_t port_{0};
    std::atomic<int> connections_{0};
    std::atomic<bool> is_ending_{false};
    std::mutex mutex_;
    std::list<std::unique_ptr<Connection::Impl>> open_;
    std::list<std::thread> workers_;
    std::thread acceptor_;
};

// An answer as a well-behaved store gives it.
[[nodiscard]] std::string answer(std::string_view body, std::string_view status = "200 OK",
                                 std::string_view more_headers = {});

// A port of this machine on which nobody listens, kept free as long as this lives.
class DeadPort {
public:
    DeadPort();
    ~DeadPort();
    DeadPort(const DeadPort&) = delete;
    DeadPort& operator=(const DeadPort&) = delete;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    int socket_{-1};
    std::uint16_t port_{0};
};

}  // namespace stocktray::test
