// Waiting for descriptors, undisturbed by signals: for clients' loops.
#pragma once
#include <chrono>
#include <span>

#include "ipc/descriptor.h"

namespace stocktray::ipc {

using SteadyTime = std::chrono::steady_clock::time_point;

// Returns when one of them can be read, or at `deadline`; SteadyTime::max() never comes.
void wait_readable(std::span<const Descriptor> descriptors, SteadyTime deadline);

}  // namespace stocktray::ipc
