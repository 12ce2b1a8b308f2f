// Death at a random instant: SIGKILL from a thread of its own, whatever the process is doing just then.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/random.h"

namespace stocktray::tests {

class RandomKiller {
public:
    // A process lives at most `longest`; half of the instants lie within a thirtieth of it, so that starts are hit, too.
    RandomKiller(std::uint64_t seed, std::chrono::milliseconds longest);
    ~RandomKiller();
    RandomKiller(const RandomKiller&) = delete;
    RandomKiller& operator=(const RandomKiller&) = delete;

    // From now on this process, a child of ours, and no longer the one before.
    void watch(pid_t process);
    // Nobody, until the next `watch`. Whom it has killed has ended, and `Process::is_running` says so.
    void rest();
    // How many it has killed, to their end.
    [[nodiscard]] int kills();

private:
    void work(const std::stop_token& stop);
    void let_go();  // with the mutex held

    std::chrono::milliseconds longest_;
    std::mutex mutex_;
    std::condition_variable_any has_changed_;
    Random random_;
    int descriptor_{-1};  // of the process; its number alone may be another's by then
    std::chrono::steady_clock::time_point at_{};
    int kills_{0};
    std::jthread thread_;  // the last: it uses the rest
};

}  // namespace stocktray::tests
