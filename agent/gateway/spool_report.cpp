#include "agent/gateway/spool_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::gateway {

namespace fs = std::filesystem;

bool is_bad(const ipc::Outbox::Notice& notice) { return notice.topic != "agent.heard" && notice.topic != "spool.offered_again"; }

std::vector<ipc::Outbox::Notice> SpoolReport::news() {
    std::vector<ipc::Outbox::Notice> news;
    while (auto notice = outbox_.next_notice()) {
        is_refused_ = is_refused_ || notice->topic == "agent.refuses";
        news.push_back(std::move(*notice));
    }
    return news;
}

std::vector<Problem> SpoolReport::problems(Clock::time_point now) {
    auto found = damages();
    const auto standing = outbox_.standing();
    if (!standing) {
        found.push_back({.message = standing.error().message, .hint = "Look at the disk of " + spool_.parent_path().string()});
        return found;
    }
    // Changes that no store will ever see unless a person decides.
    const auto& [waiting, refused, doubtful, delivered, oldest] = standing->spooled;
    if (refused + doubtful > 0)
        found.push_back({.message = fmt::format("Changes of the Order Manager do not reach any store: the agent has refused {}, and of {} it "
                                                "is not known whether it has them.",
                                                refused, doubtful),
                         .hint = fmt::format("See which and why: stocktrayctl spool list --file {}", spool_.string())});
    if (auto problem = trouble(now, waiting)) found.push_back(std::move(*problem));
    return found;
}

std::optional<Problem> SpoolReport::trouble(Clock::time_point now, std::int64_t waiting) {
    const auto trouble = outbox_.trouble();
    if (!trouble) {
        troubled_since_.reset();
        is_refused_ = false;
        return std::nullopt;
    }
    // Who looks at the agent sees that it is away, and this would come there only when it is over.
    if (trouble->code == ipc::Code::no_agent || trouble->code == ipc::Code::no_answer) return std::nullopt;
    if (!troubled_since_) troubled_since_ = now;
    const bool has_lasted = waiting > 0 && now - *troubled_since_ >= patience_;
    if (!is_refused_ && !has_lasted) return std::nullopt;
    // Without numbers: each change that comes would make another problem of it.
    return Problem{.message = fmt::format("What the Order Manager changes cannot be brought to the agent: {}", trouble->message),
                   .hint = fmt::format("It is kept in {} until then. Look at that disk, at the versions of the agent and of the gateway, and at "
                                       "this computer's role: stocktrayctl keys list",
                                       spool_.string())};
}

// The file that was set aside is the memory of it, whoever found the damage: it lies there until a person takes it away.
std::vector<Problem> SpoolReport::damages() const {
    std::vector<Problem> found;
    const auto beginning = spool_.filename().string() + ".damaged-";
    std::error_code error;
    for (fs::directory_iterator at{spool_.parent_path(), error}, end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        if (!name.starts_with(beginning) || name.ends_with("-wal") || name.ends_with("-shm")) continue;
        found.push_back({.message = "Changes of the Order Manager may be missing: the file in which they wait for the agent was damaged, and "
                                    "what could be read of it went on.",
                         .hint = fmt::format("Compare the counts of what was sold lately. This ends when you move or delete what was damaged: {}",
                                             at->path().string())});
    }
    std::ranges::sort(found, {}, &Problem::hint);
    return found;
}

}  // namespace stocktray::gateway
