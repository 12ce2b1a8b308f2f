// An HTTP server for a few clients whose answers may take long or never end: a thread for each connection (libmicrohttpd).
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

namespace stocktray::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct WebRequest {
    std::string client;  // its address
    std::string method;
    std::string path;   // as it came, without the query
    std::string query;  // without the question mark
    Headers headers;
    std::string body;
    // False: the client has closed the connection by now; an answer would not be read.
    std::function<bool()> is_client_there;
};

// What became of an answer.
enum class Sent {
    written,      // handed to the network whole
    not_written,  // the connection broke before or while it was written
    broken_off,   // after `written`: the connection then broke instead of being closed, before anything else was asked on it
};

struct WebReply {
    int status{200};
    Headers headers{};
    std::string body{};
    // In place of `body`: fills the buffer, returns how much; 0 is the end, a negative number breaks the answer off.
    std::function<std::int64_t(char* into, std::size_t room)> stream{};
    std::optional<std::uint64_t> stream_length{};
    // Told once or twice, on the connection's thread.
    std::function<void(Sent)> sent{};
};

class WebServer {
public:
    struct Options {
        std::string address{"127.0.0.1"};  // a number, not a name
        std::uint16_t port{0};             // 0: any free one
        std::string certificate{};         // PEM, with `key`: https
        std::string key{};
        std::size_t most_body{16 * 1024 * 1024};
        unsigned most_connections{300};
        unsigned most_per_client{100};
        unsigned idle_seconds{75};
    };
    using Answer = std::function<WebReply(const WebRequest&)>;

    // `answer` is called on many threads at once.
    [[nodiscard]] static Result<std::unique_ptr<WebServer>> start(const Options& options, Answer answer);
    ~WebServer();  // ends all connections, and waits for `answer` where it is at work
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    struct State;
    explicit WebServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::gateway
