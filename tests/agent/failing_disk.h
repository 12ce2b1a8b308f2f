// What a test and the library in the agent share about writes that fail.
#pragma once
#include <atomic>
#include <cstdint>

namespace stocktray::tests {

enum class DiskFault : std::int64_t { once, from_then_on, killed };

struct DiskControl {
    std::atomic<std::int64_t> calls;    // writes, syncs and truncations so far
    std::atomic<std::int64_t> fail_at;  // the number of the call that fails; 0: none
    std::atomic<DiskFault> fault;
};

}  // namespace stocktray::tests
