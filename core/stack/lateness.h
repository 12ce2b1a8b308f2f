// Is a cart following in time? Judged by the age of its oldest change that is not confirmed.
#pragma once
#include <optional>

#include "core/time.h"

namespace stocktray::stack {

enum class Timeliness { on_time, slow, late };

struct LatenessLimits {
    Milliseconds slow{20'000};
    Milliseconds late{120'000};
};

[[nodiscard]] constexpr Timeliness timeliness(Milliseconds oldest_age, LatenessLimits limits) noexcept {
    if (oldest_age > limits.late) return Timeliness::late;
    return oldest_age > limits.slow ? Timeliness::slow : Timeliness::on_time;
}

// When the answer of `timeliness` will change next for a change accepted at `oldest`; nothing once it is late.
[[nodiscard]] constexpr std::optional<AgentTime> next_judgement(AgentTime oldest, AgentTime now,
                                                                LatenessLimits limits) noexcept {
    constexpr Milliseconds past{1};  // the limits are "older than"
    if (now <= oldest + limits.slow && limits.slow < limits.late) return oldest + limits.slow + past;
    if (now <= oldest + limits.late) return oldest + limits.late + past;
    return std::nullopt;
}

}  // namespace stocktray::stack
