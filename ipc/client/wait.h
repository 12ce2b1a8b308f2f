// Waiting for descriptors, undisturbed by signals. Internal to ipc/client.
#pragma once
#include <chrono>
#include <span>

namespace stocktray::ipc {

using SteadyTime = std::chrono::steady_clock::time_point;

// Returns when one of them can be read, or at `deadline`.
void wait_readable(std::span<const int> descriptors, SteadyTime deadline);

}  // namespace stocktray::ipc
