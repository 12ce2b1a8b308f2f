// What a test and the library in the program under test share about calls to the disk.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace stocktray::tests {

// What is asked of the disk, by what it may cost.
enum class DiskCall : std::uint32_t { write, sync, truncate, open, make_folder, link, rename, remove, read };
inline constexpr std::uint32_t disk_calls = 9;

[[nodiscard]] constexpr const char* to_string(DiskCall call) noexcept {
    constexpr std::array<const char*, disk_calls> words{"write", "sync", "truncate", "open", "mkdir", "link", "rename", "unlink", "read"};
    return words[static_cast<std::size_t>(call)];
}
[[nodiscard]] constexpr std::uint32_t bit_of(DiskCall call) noexcept { return 1U << static_cast<std::uint32_t>(call); }

inline constexpr std::uint32_t calls_that_write = bit_of(DiskCall::write) | bit_of(DiskCall::sync) | bit_of(DiskCall::truncate);
// All that change something.
inline constexpr std::uint32_t every_call = ((1U << disk_calls) - 1) & ~bit_of(DiskCall::read);

enum class DiskFault : std::int64_t { once, from_then_on, killed };

struct DiskControl {
    std::atomic<std::uint32_t> kinds;   // the kinds that count, as bits
    std::atomic<std::int64_t> calls;    // of these kinds, so far
    std::atomic<std::int64_t> fail_at;  // the number of the call that fails; 0: none
    std::atomic<DiskFault> fault;
    std::atomic<int> error;             // errno of a call that fails; 0: ENOSPC for a write, EIO for the others
    std::array<std::atomic<std::int64_t>, disk_calls> by_kind;  // all kinds, counted or not
    std::atomic<DiskCall> struck;       // the kind of the last call that failed
};

}  // namespace stocktray::tests
