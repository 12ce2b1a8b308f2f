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

ipc::Expected<std::optional<Job>> Follower::take(const ipc::Feed::Item& item, std::int64_t job,
                                                 Progress& progress) {
    if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item)) {
        std::optional<Job> told;
        if (auto moved = event->as<events::JobProgress>()) told = std::move(*moved);
        if (auto finished = event->as<events::JobFinished>()) told = std::move(*finished);
        return told && told->job == job ? std::move(told) : std::nullopt;
    }
    if (std::holds_alternative<ipc::AgentLost>(item)) {
        lost_since_ = Clock::now();
        progress.tell("The agent is gone. A job goes on when it is there again; waiting for it.");
        return std::nullopt;
    }
    lost_since_.reset();
    auto asked = session_->insist(ipc::jobs::Get{job});
    if (!asked) return ipc::Failure{std::move(asked.error())};
    return std::optional{std::move(*asked)};
}

ipc::Expected<Follower::Followed> Follower::follow(std::int64_t id) {
    auto first = session_->insist(ipc::jobs::Get{id});
    if (!first) return ipc::Failure{std::move(first.error())};
    Job job = std::move(*first);
    Progress progress{*session_, name_of(job.cart)};
    Interruption interruption;
    while (!has_ended(job)) {
        progress.show(job);
        while (auto item = feed_.next(ipc::Feed::Duration{0})) {
            auto told = take(*item, id, progress);
            if (!told) return ipc::Failure{std::move(told.error())};
            if (!*told) continue;
            job = std::move(**told);
            if (has_ended(job)) return Followed{End::ended, std::move(job)};
        }
        if (interruption.was_pressed()) return Followed{End::interrupted, std::move(job)};
        if (lost_since_ && Clock::now() - *lost_since_ >= patience())
            return Followed{End::lost, std::move(job)};
        interruption.wait_readable(feed_.descriptors(), between_looks);
    }
    return Followed{End::ended, std::move(job)};
}

}  // namespace stocktray::ctl
