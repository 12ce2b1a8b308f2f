// How far a job is, while it is being followed: a bar on a terminal, a line now and then elsewhere.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ctl/session.h"
#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

// "Send QOH To Website, Main Store  [######----]  120 of 200, 60 a second, 1 s left", in at most `columns`.
[[nodiscard]] std::string progress_bar(const ipc::jobs::Job& job, std::string_view title,
                                       std::size_t columns);
// The same as a sentence.
[[nodiscard]] std::string progress_line(const ipc::jobs::Job& job, std::string_view title);

// Writes to standard error, which leaves standard output to the results. Nothing with --json, but the bar.
class Progress {
public:
    using Clock = std::chrono::steady_clock;

    Progress(const Session& session, std::string cart_name)
        : session_{session}, cart_name_{std::move(cart_name)} {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    void show(const ipc::jobs::Job& job);
    // A sentence between the lines.
    void tell(std::string_view sentence);
    // Takes the bar off the terminal.
    void clear();

private:
    const Session& session_;
    std::string cart_name_;
    bool is_drawn_{false};
    std::optional<ipc::JobState> told_state_;
    Clock::time_point told_at_{};
    std::string told_line_;
};

}  // namespace stocktray::ctl
