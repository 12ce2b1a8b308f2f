// Waiting for a condition instead of for a time.
#pragma once
#include <chrono>
#include <thread>

namespace stocktray::tests {

// Asks again after every `pause`; false if `condition` did not hold within `limit`.
template <typename Condition>
[[nodiscard]] bool wait_until(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds{30},
                              std::chrono::milliseconds pause = std::chrono::milliseconds{3}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(pause);
    }
    return true;
}

}  // namespace stocktray::tests
