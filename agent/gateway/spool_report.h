// What people must know of the changes that wait on the gateway's own disk.
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "agent/gateway/door.h"

namespace stocktray::gateway {

class SpoolReport {
public:
    using Clock = std::chrono::steady_clock;

    // `patience`: for how long a trouble that may pass by itself is nothing to tell.
    SpoolReport(ipc::Outbox& outbox, std::filesystem::path spool, Clock::duration patience)
        : outbox_{outbox}, spool_{std::move(spool)}, patience_{patience} {}

    // What the outbox has noticed since the last call. Comes before `problems`, which needs to know it.
    [[nodiscard]] std::vector<ipc::Outbox::Notice> news();
    // What is wrong, as long as it is so, over restarts too.
    [[nodiscard]] std::vector<Problem> problems(Clock::time_point now);

private:
    [[nodiscard]] std::optional<Problem> trouble(Clock::time_point now, std::int64_t waiting);
    [[nodiscard]] std::vector<Problem> damages() const;

    ipc::Outbox& outbox_;
    std::filesystem::path spool_;
    Clock::duration patience_;
    std::optional<Clock::time_point> troubled_since_;
    bool is_refused_{false};  // by the agent's word, and a person has to end it
};

// Whether a notice is of something that went wrong.
[[nodiscard]] bool is_bad(const ipc::Outbox::Notice& notice);

}  // namespace stocktray::gateway
