#include "agent/ctl/jobs/follow.h"

#include <fmt/format.h>

#include <algorithm>

#include "ipc/messages/events.h"

namespace stocktray::ctl {
namespace {

namespace events = ipc::events;
using ipc::jobs::Job;

// As often as a bar is drawn again although nothing was heard.
constexpr std::chrono::milliseconds between_looks{500};

}  // namespace

bool has_ended(const Job& job) {
    return job.state != ipc::JobState::queued && job.state != ipc::JobState::running &&
           job.state != ipc::JobState::waiting;
}

ipc::Expected<Follower> Follower::open(Session& session) {
    auto feed = ipc::Feed::open({.endpoint = session.options.endpoint, .words = {"job"}});
    if (!feed) return ipc::Failure{std::move(feed.error())};
    Follower follower{session, std::move(*feed)};
    for (;;) {
        auto item = follower.feed_.next(std::chrono::hours{1});
        if (!item) continue;
        if (auto* lost = std::get_if<ipc::AgentLost>(&*item)) return ipc::Failure{std::move(lost->why)};
        if (auto* status = std::get_if<ipc::agent::StatusResult>(&*item)) {
            follower.status_ = std::move(*status);
            return follower;
        }
    }
}

std::string Follower::name_of(const std::string& cart) const {
    const auto at = std::ranges::find(status_.carts, cart, &ipc::agent::CartStatus::cart);
    return printable(at == status_.carts.end() || at->name.empty() ? cart : at->name);
}

Follower::Clock::duration Follower::patience() const {
    return std::chrono::milliseconds{static_cast<std::int64_t>(session_->options.timeout_s * 1'000)} *
           Session::attempts;
}

void Follower::lose(Progress& progress) {
    if (lost_since_) return;
    lost_since_ = Clock::now();
    progress.tell("The agent is gone. A job goes on when it is there again; waiting for it.");
}

ipc::Expected<void> Follower::ask(Job& job, Progress& progress) {
    auto asked = session_->ask(ipc::jobs::Get{job.job});
    if (asked) {
        job = std::move(*asked);
        lost_since_.reset();
        return {};
    }
    const auto code = asked.error().code;
    if (code != ipc::Code::no_agent && code != ipc::Code::no_answer)
        return ipc::Failure{std::move(asked.error())};
    lose(progress);
    return {};
}

ipc::Expected<void> Follower::take(const ipc::Feed::Item& item, Job& job, Progress& progress) {
    if (std::holds_alternative<ipc::agent::StatusResult>(item)) return ask(job, progress);
    if (std::holds_alternative<ipc::AgentLost>(item)) {
        lose(progress);
        return {};
    }
    lost_since_.reset();
    if (!std::holds_alternative<ipc::ReceivedEvent>(item)) return {};
    const auto& event = std::get<ipc::ReceivedEvent>(item);
    if (const auto moved = event.as<events::JobProgress>(); moved && moved->job == job.job) job = *moved;
    if (const auto finished = event.as<events::JobFinished>(); finished && finished->job == job.job)
        job = *finished;
    return {};
}

ipc::Expected<Follower::Followed> Follower::follow(std::int64_t id, const std::string& cart) {
    Job job{.job = id, .cart = cart};
    Progress progress{*session_, name_of(cart)};
    Interruption interruption;
    if (auto asked = ask(job, progress); !asked) return ipc::Failure{std::move(asked.error())};
    if (!lost_since_ && !has_ended(job)) progress.show(job);
    for (;;) {
        while (!has_ended(job)) {
            const auto item = feed_.next(ipc::Feed::Duration{0});
            if (!item) break;
            if (auto taken = take(*item, job, progress); !taken)
                return ipc::Failure{std::move(taken.error())};
        }
        if (has_ended(job)) return Followed{End::ended, std::move(job)};
        if (interruption.was_pressed()) return Followed{End::interrupted, std::move(job)};
        if (lost_since_ && Clock::now() - *lost_since_ >= patience())
            return Followed{End::lost, std::move(job)};
        if (!lost_since_) progress.show(job);
        interruption.wait_readable(feed_.descriptors(), between_looks);
    }
}

}  // namespace stocktray::ctl
