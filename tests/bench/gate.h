// Stands before a store, passes every request on, and notes when the first stock change came. A shut gate
// takes stock changes and never answers them.
#pragma once
#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "tests/support/form_post.h"
#include "tests/support/server/scripted_server.h"

namespace stocktray::bench {

class Gate {
public:
    using Clock = std::chrono::steady_clock;
    enum class Passage { open, shut };

    Gate(std::string store_url, Passage passage)
        : store_url_{std::move(store_url)}, passage_{passage}, server_{[this](test::Connection& c) {
              serve(c);
          }} {}

    [[nodiscard]] std::string url() const { return server_.url("/stocktray.php"); }
    void forget() { first_post_ = 0; }
    [[nodiscard]] std::optional<Clock::time_point> first_post() const {
        const auto ticks = first_post_.load();
        return ticks == 0 ? std::nullopt : std::optional{Clock::time_point{Clock::duration{ticks}}};
    }

private:
    void serve(test::Connection& connection) {
        while (const auto request = connection.read_request()) {
            const auto body = request->substr(request->find("\r\n\r\n") + 4);
            if (body.find("setifunction=inv") != std::string::npos) {
                Clock::rep none = 0;
                first_post_.compare_exchange_strong(none, Clock::now().time_since_epoch().count());
                if (passage_ == Passage::shut) return connection.hang();
            }
            tests::FormPost post;
            post.url = store_url_;
            post.raw_body = body;
            const auto answer = tests::send(post).body;
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
                            std::to_string(answer.size()) + "\r\n\r\n" + answer);
        }
    }

    std::string store_url_;
    Passage passage_;
    std::atomic<Clock::rep> first_post_{0};
    test::ScriptedServer server_;
};

}  // namespace stocktray::bench
