#include "core/stack/retry_schedule.h"

#include <algorithm>

namespace stocktray::stack {

Milliseconds RetrySchedule::next_wait(std::int64_t attempts_made, std::uint64_t random,
                                      std::optional<Milliseconds> retry_after) const noexcept {
    // 2^20 seconds is far beyond any cap: more doublings would only overflow.
    const auto doublings = std::clamp<std::int64_t>(attempts_made - 1, 0, 20);
    const auto ceiling = std::min(limits_.cap, limits_.base * (std::int64_t{1} << doublings));
    const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ceiling.count())) + 1;
    const Milliseconds jittered{static_cast<std::int64_t>(random % span)};
    if (!retry_after) return jittered;
    return std::max(jittered, std::clamp(*retry_after, Milliseconds{0}, limits_.retry_after_cap));
}

}  // namespace stocktray::stack
