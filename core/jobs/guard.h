// Before a job writes anything: would it wipe out counts? Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace stocktray::jobs {

// What a job would do, counted from what is known before it acts.
struct Reach {
    std::int64_t compared{0};
    std::int64_t changed{0};
    std::int64_t by_half{0};     // counts that would change by more than half
    std::int64_t to_zero{0};     // counts above zero that would become zero or less
    std::int64_t listed{0};      // SKUs in the store's list now; 0: it was not read
    std::int64_t listed_before{0};

    // A count that is overwritten, and what with.
    void add(std::int64_t before, std::int64_t after) noexcept;
};

struct GuardWords {
    std::string code;     // wipe, zeros, short_list
    std::string message;  // with the numbers
};

// None if the job may go on. `percent`: WipeGuardPercent. A handful of SKUs is nobody's catalogue and passes.
[[nodiscard]] std::optional<GuardWords> guard(const Reach& reach, std::int64_t percent);
// The numbers as a JSON object.
[[nodiscard]] std::string to_json(const Reach& reach);

}  // namespace stocktray::jobs
