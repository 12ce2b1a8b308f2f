// The two times a rule may need. Rules never ask a clock: whoever calls them passes `Now`.
#pragma once
#include <chrono>

namespace stocktray {

using Milliseconds = std::chrono::milliseconds;

// What people call the time: milliseconds since the Unix epoch. It may jump.
using WallTime = std::chrono::sys_time<Milliseconds>;

// The agent's own time line: it never goes back, neither when the wall clock is set nor over a restart
// (it is stored with every commit and goes on from there), so ages and waits survive both.
struct AgentClock {
    using duration = Milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<AgentClock>;
    static constexpr bool is_steady = true;
};
using AgentTime = AgentClock::time_point;

struct Now {
    WallTime wall;
    AgentTime steady;
};

[[nodiscard]] constexpr std::int64_t to_ms(WallTime t) noexcept { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr std::int64_t to_ms(AgentTime t) noexcept { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr WallTime wall_from_ms(std::int64_t ms) noexcept { return WallTime{Milliseconds{ms}}; }
[[nodiscard]] constexpr AgentTime agent_from_ms(std::int64_t ms) noexcept { return AgentTime{Milliseconds{ms}}; }

}  // namespace stocktray
