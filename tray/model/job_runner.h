// Starts a job and follows it; used by every window that has one. The job itself is the agent's: closing the
// window ends nothing.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "ipc/messages/jobs.h"
#include "tray/link/conversation.h"

namespace stocktray::tray {

// It ended, or stopped for a person.
[[nodiscard]] bool has_ended(ipc::JobState state);

class JobRunner {
public:
    // `changed` is called whenever something here is not as it was. `by`: who starts jobs, for the history.
    JobRunner(Conversation conversation, std::string by, std::function<void()> changed);

    // Starts it; what was followed before is let go.
    void start(ipc::jobs::Start start);
    void follow(const ipc::jobs::Job& job);
    void let_go();
    void cancel();
    // Asks again how it stands.
    void read();

    // The one that is followed, as last heard.
    [[nodiscard]] const std::optional<ipc::jobs::Job>& job() const noexcept { return job_; }
    [[nodiscard]] bool is_starting() const noexcept { return is_starting_; }
    [[nodiscard]] bool is_at_work() const { return is_starting_ || (job_ && !has_ended(job_->state)); }
    // Why it could not be started, asked for or cancelled; empty: nothing went wrong.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
    // The agent cannot be heard. A job goes on when it is there again.
    [[nodiscard]] bool is_lost() const noexcept { return is_lost_; }

    // Called with every job of any cart that is heard of, and when the agent is there again.
    void on_news(std::function<void(const ipc::jobs::Job*)> news) { news_ = std::move(news); }

    [[nodiscard]] Conversation& conversation() noexcept { return conversation_; }

private:
    void hear(const News& news);
    void take(const ipc::jobs::Job& job);
    void ask_to_start(const ipc::jobs::Start& start, int attempts_left);

    std::string by_;
    std::function<void()> changed_;
    std::function<void(const ipc::jobs::Job*)> news_;
    std::optional<ipc::jobs::Job> job_;
    bool is_starting_{false};
    bool is_lost_{false};
    std::string trouble_;
    std::uint64_t calls_{0};
    Conversation conversation_;
};

// What went wrong with a request, for a person.
[[nodiscard]] std::string trouble_words(const ipc::Error& error);

}  // namespace stocktray::tray
