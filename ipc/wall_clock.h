// The time of day, as our files and messages write it.
#pragma once
#include <chrono>
#include <cstdint>

namespace stocktray::ipc {

// Milliseconds since 1970. Any thread.
[[nodiscard]] inline std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace stocktray::ipc
