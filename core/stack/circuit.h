// Whether a cart may be asked at all: after five failures in a row its circuit opens, and one harmless
// question at a time goes out until the store answers again.
#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "core/stack/retry_schedule.h"
#include "core/time.h"

namespace stocktray::stack {

class Circuit {
public:
    static constexpr int failures_to_open = 5;

    // Posts may go out.
    [[nodiscard]] bool is_closed() const noexcept { return std::holds_alternative<Closed>(state_); }
    // Closed, but the next failure opens it again: one piece of work at a time.
    [[nodiscard]] bool is_on_trial() const noexcept;
    // The time of the next question, while one is due; none while it is out or none is needed.
    [[nodiscard]] std::optional<AgentTime> probe_at() const noexcept;
    void probing() noexcept;  // the question is out
    void reopen(AgentTime now) noexcept;  // it did not go out after all

    // It has done what it is for.
    void succeeded() noexcept { state_ = Closed{0}; }
    // It has answered the harmless question. Work may be tried again, but the next failure opens it at once:
    // a script whose every stock change fails may well know its own version.
    void answered_probe() noexcept;
    // A failure to reach the script. `random` is uniform over all 64 bits. A store that names a time
    // (`retry_after`) is left alone until then.
    void failed(AgentTime now, const RetrySchedule& schedule, std::uint64_t random,
                std::optional<Milliseconds> retry_after) noexcept;
    // A person asks for a try now.
    void ask_now(AgentTime now) noexcept;

private:
    struct Closed {
        int failures;
    };
    struct Open {
        AgentTime probe_at;
        int failures;
    };
    struct Probing {
        int failures;
    };
    std::variant<Closed, Open, Probing> state_{Closed{0}};
};

}  // namespace stocktray::stack
