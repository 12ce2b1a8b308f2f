// A store's way to the world that breaks in every way, before and after the store has done its work. The
// faults come from a seed.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/random.h"

namespace stocktray::tests {

enum class Fault {
    none,
    closed_before,      // the store never saw the request
    closed_after,       // the store has done it, nobody hears
    cut_answer,         // half of the answer
    page_instead,       // a web page with status 200, after the store has done it
    error_after,        // status 500, after the store has done it
    error_before,       // status 503 of a web server, the store never saw it
    notice_first,       // a PHP notice before the answer
    answered_late,      // later than the client waits
    done_late,          // the store gets it only after the client has given up
    slow,
};
inline constexpr int fault_kinds = 11;

class FaultyProxy {
public:
    enum class Extension { visible, hidden };

    struct Options {
        std::uint16_t store_port{0};
        std::uint64_t seed{1};
        int faults_in_hundred{30};
        Extension extension{Extension::visible};  // hidden: the connector looks like any script
    };

    explicit FaultyProxy(Options options);
    ~FaultyProxy();
    FaultyProxy(const FaultyProxy&) = delete;
    FaultyProxy& operator=(const FaultyProxy&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    void heal() noexcept { is_healed_ = true; }  // no faults from now on
    [[nodiscard]] std::map<Fault, int> counts();

private:
    void accept_loop();
    void serve(int client);
    [[nodiscard]] Fault draw();
    [[nodiscard]] std::string ask_store(const std::string& request) const;

    Options options_;
    std::uint16_t port_{0};
    int listener_{-1};
    std::atomic<bool> is_healed_{false};
    std::atomic<bool> is_ending_{false};
    std::mutex mutex_;
    Random random_;
    std::map<Fault, int> counts_;
    std::vector<std::jthread> workers_;
    std::jthread acceptor_;
};

}  // namespace stocktray::tests
