// When a post may be tried again: exponential with full jitter, for ever, never faster than a store asks.
#pragma once
#include <cstdint>
#include <optional>

#include "core/time.h"

namespace stocktray::stack {

class RetrySchedule {
public:
    struct Limits {
        Milliseconds base{1'000};                 // ceiling of the first wait; doubles with every attempt
        Milliseconds cap{60'000};                 // no wait that we chose ourselves is longer
        Milliseconds retry_after_cap{3'600'000};  // a store may ask for more; we believe it this far
    };

    explicit constexpr RetrySchedule(Limits limits) noexcept : limits_{limits} {}

    // The wait before the next attempt. `attempts_made` >= 1; `random` is uniform over all 64 bits.
    // The whole wait is random, not a part of it: posts that failed together must not come back together.
    [[nodiscard]] Milliseconds next_wait(std::int64_t attempts_made, std::uint64_t random,
                                         std::optional<Milliseconds> retry_after) const noexcept;

private:
    Limits limits_;
};

}  // namespace stocktray::stack
