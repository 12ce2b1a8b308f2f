// Carries HTTP exchanges by libcurl, many at once, on the thread of whoever calls it.
//
// What it never does: follow a redirect, repeat a request by itself whose `Rewind` is forbidden, trust a
// certificate that does not verify, take a proxy, a cookie or a password from the environment, write a
// request's content anywhere. The way to a store is the one its owner typed in, whoever started the agent.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cart/http/http_message.h"

namespace stocktray::http {

// A descriptor of somebody else (ZeroMQ's, say) that ends a wait when it becomes readable.
struct Watched {
    int descriptor{-1};
    bool is_readable{false};  // set by `poll`
};

class HttpClient {
public:
    using Id = std::uint64_t;

    struct Options {
        // PEM certificates trusted beside the system's: a private authority. A connection then costs some
        // milliseconds more, for the system's list is read anew.
        std::string extra_ca_file;
        std::string user_agent{"Stocktray"};
        std::size_t kept_connections{64};  // idle ones, over all stores
    };

    struct Finished {
        Id id{0};
        Reply reply;
    };

    // Makes SIGPIPE harmless if nobody has decided on it yet: writing to a connection that the store has
    // closed must be an error here, not the end of the program.
    explicit HttpClient(Options options);
    ~HttpClient();  // ends every transfer without waiting for name lookups
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Begins an exchange. `id` must not be in use. The request may wait here while another one looks the
    // same host name up: a name server that hangs must not get a thread for each request.
    void start(Id id, Request request);

    // Forgets an exchange; it is not among the finished ones any more. Unknown ids are fine.
    void cancel(Id id);

    // Carries all exchanges on. Waits until one of them can go on, a watched descriptor is readable, `wake`
    // was called or `timeout` is over (none: for ever), and not at all while finished ones are waiting.
    void poll(std::span<Watched> watched, std::optional<Milliseconds> timeout);

    // Finished exchanges, oldest first, each once.
    [[nodiscard]] std::vector<Finished> take_finished();

    // Ends a `poll` that waits now, or the next one. The only function for other threads.
    void wake() noexcept;

    // Exchanges begun and not yet finished.
    [[nodiscard]] std::size_t running() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stocktray::http
