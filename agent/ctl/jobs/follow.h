// Starts a job and follows it until it has ended. It hears the agent's events before it starts anything, so
// nothing can be missed, and asks for the job's state again whenever something was.
#pragma once
#include <optional>
#include <string>

#include "agent/ctl/input/interruption.h"
#include "agent/ctl/jobs/progress.h"
#include "agent/ctl/session.h"
#include "ipc/client/feed.h"
#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

// It ended, or stopped for a person.
[[nodiscard]] bool has_ended(const ipc::jobs::Job& job);

class Follower {
public:
    enum class End {
        ended,
        interrupted,  // Ctrl-C
        lost,         // the agent has not been heard for as long as a request is repeated
    };
    struct Followed {
        End end;
        ipc::jobs::Job job;
    };

    // Returns when events are heard. The session must outlive it.
    [[nodiscard]] static ipc::Expected<Follower> open(Session& session);

    // As the agent knows it; the id where it does not.
    [[nodiscard]] std::string name_of(const std::string& cart) const;

    // Follows a job that was started after `open`, or before.
    [[nodiscard]] ipc::Expected<Followed> follow(std::int64_t job);

private:
    Follower(Session& session, ipc::Feed feed) : session_{&session}, feed_{std::move(feed)} {}

    using Clock = std::chrono::steady_clock;

    // The job's new state, where the item tells one.
    ipc::Expected<std::optional<ipc::jobs::Job>> take(const ipc::Feed::Item& item, std::int64_t job,
                                                      Progress& progress);
    [[nodiscard]] Clock::duration patience() const;

    Session* session_;
    ipc::Feed feed_;
    ipc::agent::StatusResult status_{};
    std::optional<Clock::time_point> lost_since_{};
};

}  // namespace stocktray::ctl
