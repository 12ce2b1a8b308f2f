#include "core/stack/circuit.h"

#include <algorithm>

namespace stocktray::stack {

std::optional<AgentTime> Circuit::probe_at() const noexcept {
    const auto* open = std::get_if<Open>(&state_);
    return open != nullptr ? std::optional{open->probe_at} : std::nullopt;
}

void Circuit::probing() noexcept {
    if (const auto* open = std::get_if<Open>(&state_)) state_ = Probing{open->failures};
}

void Circuit::reopen(AgentTime now) noexcept {
    if (const auto* probing = std::get_if<Probing>(&state_)) state_ = Open{now, probing->failures};
}

void Circuit::failed(AgentTime now, const RetrySchedule& schedule, std::uint64_t random,
                     std::optional<Milliseconds> retry_after) noexcept {
    const int failures = 1 + std::visit([](const auto& state) { return state.failures; }, state_);
    if (failures < failures_to_open && !retry_after) {
        state_ = Closed{failures};
        return;
    }
    // The answers of requests that were already out when it opened move no timer.
    if (std::holds_alternative<Open>(state_)) return;
    const auto wait = schedule.next_wait(std::max(1, failures - failures_to_open + 1), random, retry_after);
    state_ = Open{now + wait, failures};
}

void Circuit::answered_probe() noexcept {
    // The failures stay counted: the waits grow on until work has succeeded.
    const int failures = std::visit([](const auto& state) { return state.failures; }, state_);
    if (!is_closed()) state_ = Closed{std::max(failures, failures_to_open - 1)};
}

bool Circuit::is_on_trial() const noexcept {
    const auto* closed = std::get_if<Closed>(&state_);
    return closed != nullptr && closed->failures >= failures_to_open - 1;
}

void Circuit::ask_now(AgentTime now) noexcept {
    if (auto* open = std::get_if<Open>(&state_)) open->probe_at = now;
}

}  // namespace stocktray::stack
