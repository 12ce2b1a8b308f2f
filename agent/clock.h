// The agent's `Now`: the wall clock as it is, and the agent's own time line, which goes on where the last run
// left it and never goes back.
#pragma once
#include <chrono>

#include "core/time.h"

namespace stocktray::agent {

class Clock {
public:
    // `wall` and `steady`: the pair that was stored with the last commit. The time between the runs counts,
    // unless the wall clock was set back meanwhile.
    Clock(WallTime wall, AgentTime steady) noexcept
        : start_{steady + std::max(Milliseconds{0}, wall_now() - wall)}, started_{Steady::now()} {}

    [[nodiscard]] Now now() const noexcept {
        return {wall_now(), start_ + std::chrono::duration_cast<Milliseconds>(Steady::now() - started_)};
    }
    [[nodiscard]] Milliseconds uptime() const noexcept {
        return std::chrono::duration_cast<Milliseconds>(Steady::now() - started_);
    }
    [[nodiscard]] static WallTime wall_now() noexcept {
        return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
    }

private:
    using Steady = std::chrono::steady_clock;
    AgentTime start_;
    Steady::time_point started_;
};

}  // namespace stocktray::agent
