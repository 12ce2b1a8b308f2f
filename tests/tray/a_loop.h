// The UI thread's loop, played by a test.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "tray/link/link.h"

namespace stocktray::tests {

// What CallAfter is in the program.
class Loop {
public:
    tray::Link::Poster poster() {
        return [this](std::function<void()> call) {
            const std::lock_guard lock{mutex_};
            calls_.push_back(std::move(call));
            has_come_.notify_one();
        };
    }

    bool run_until(const std::function<bool()>& holds,
                   std::chrono::milliseconds limit = std::chrono::seconds{90}) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!holds()) {
            std::unique_lock lock{mutex_};
            if (!has_come_.wait_until(lock, end, [&] { return !calls_.empty(); })) return false;
            const auto call = std::move(calls_.front());
            calls_.pop_front();
            lock.unlock();
            ++calls_run_;
            call();
        }
        return true;
    }
    [[nodiscard]] int calls_run() const noexcept { return calls_run_; }

private:
    std::mutex mutex_;
    std::condition_variable has_come_;
    std::deque<std::function<void()>> calls_;
    int calls_run_{0};
};

}  // namespace stocktray::tests
