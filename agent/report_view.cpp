#include "agent/report_view.h"

#include <algorithm>
#include <array>

#include "agent/job_view.h"
#include "agent/views.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

using ipc::report::Cart;
using ipc::report::GetResult;
using store::EndedPost;
using store::HistoryMark;

// One call is one turn of the agent's loop, in which nobody else is served.
constexpr std::int64_t most_posts = 200'000;
constexpr std::int64_t most_marks = 200'000;
constexpr std::size_t most_entries = 200;
constexpr std::size_t most_audits = 100;
constexpr std::int64_t jobs_per_page = 100;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t most_days = 400;
constexpr std::array<std::int64_t, 6> within_ms{100, 1'000, 5'000, 20'000, 120'000, 3'600'000};

struct CartTally {
    Cart view;
    std::vector<std::int64_t> took_ms;
};

class Report {
public:
    Report(Controller& controller, WallTime since, WallTime until) : controller_{controller}, since_{since} {
        result_.since = to_ms(since);
        result_.until = to_ms(until);
        result_.within_ms.assign(within_ms.begin(), within_ms.end());
        for (auto at = result_.since; at < result_.until; at += day_ms) result_.days.push_back({.at = at});
        for (const auto& cart : controller.board.all()) {
            auto& view = by_key_[cart->cart.key].view;
            view.cart = cart->id();
            view.name = cart->config().name;
            view.within.assign(within_ms.size() + 1, 0);
            view.unclear.open = controller.store.posts.counts(cart->cart.key).uncertain;
            by_id_[view.cart] = &by_key_[cart->cart.key];
        }
    }

    void read(Now now) {
        const auto until = wall_from_ms(result_.until);
        const bool has_posts = controller_.store.posts.each_ended(
            since_, until, most_posts, [this](const EndedPost& post) { take(post); });
        const bool has_marks = controller_.store.history.each_between(
            since_, until, most_marks, [this](const HistoryMark& mark) { take(mark); });
        result_.is_partial = !has_posts || !has_marks;
        read_audits(now);
        for (const auto& [word, changes] : reasons_)
            result_.reasons[word.empty() ? std::string{ipc::to_string(ipc::Reason::other)} : word] += changes;
        for (const auto entry : entries_)
            if (const auto found = controller_.store.history.get(entry))
                result_.entries.push_back(view_of(*found));
        std::ranges::reverse(result_.entries);
    }

    GetResult result() {
        for (auto& [key, tally] : by_key_) {
            conclude(tally);
            result_.carts.push_back(std::move(tally.view));
        }
        std::ranges::sort(result_.carts, {}, &Cart::cart);
        return std::move(result_);
    }

private:
    void take(const EndedPost& post) {
        const auto found = by_key_.find(post.cart);
        if (found == by_key_.end()) return;  // its cart was removed
        auto& [view, took] = found->second;
        if (post.doubt == stack::Doubt::key) ++view.unclear.key;
        if (post.doubt == stack::Doubt::gap) ++view.unclear.gap;
        if (post.doubt == stack::Doubt::person) ++view.unclear.person;
        if (post.state != stack::State::confirmed) return;
        ++day_of(post.finished_at).confirmed;
        took.push_back(post.took.count());
        const auto bucket = std::ranges::lower_bound(within_ms, post.took.count()) - within_ms.begin();
        ++view.within[static_cast<std::size_t>(bucket)];
        if (view.slowest_ms && *view.slowest_ms >= post.took.count()) return;
        view.slowest_ms = post.took.count();
        view.slowest_post = post.id;
    }

    void take(const HistoryMark& mark) {
        if (mark.kind == "change") {
            ++result_.changes;
            ++day_of(mark.at).changes;
            ++reasons_[std::string{mark.reason}];
            return;
        }
        const bool is_told = mark.kind == "late" || mark.kind == "guard_override";
        if (is_told && entries_.size() < most_entries) entries_.push_back(mark.entry);
        const auto found = by_id_.find(mark.cart);
        if (found == by_id_.end()) return;
        auto& view = found->second->view;
        if (mark.kind == "late") ++view.late;
        if (mark.kind == "guard_override") ++view.guard_overrides;
        if (mark.kind == "repair") ++view.drift_repaired;
        if (mark.kind == "send_qoh") ++view.sent;
        if (mark.kind == "get_qoh") ++view.handed_out;
        if (mark.kind == "undo") ++view.taken_back;
    }

    void read_audits(Now now) {
        std::optional<jobs::JobId> before;
        for (;;) {
            const auto page = controller_.store.jobs.list(std::nullopt, before, jobs_per_page);
            for (const auto& job : page) {
                before = job.id;
                if (job.started_at < since_ || result_.audits.size() == most_audits) return;
                const bool is_meant = job.kind == jobs::Kind::audit && !job.options.is_dry_run &&
                                      to_ms(job.started_at) < result_.until;
                if (is_meant) result_.audits.push_back(view_of(controller_, job, now));
            }
            if (std::ssize(page) < jobs_per_page) return;
        }
    }

    void conclude(CartTally& tally) const {
        auto& view = tally.view;
        auto& took = tally.took_ms;
        view.confirmed = std::ssize(took);
        if (!took.empty()) {
            const auto middle = took.begin() + std::ssize(took) / 2;
            std::ranges::nth_element(took, middle);
            view.median_ms = *middle;
        }
        view.drift_found = view.drift_repaired;
        const auto last =
            std::ranges::find(result_.audits, view.cart, &ipc::jobs::Job::cart);  // the newest first
        if (last != result_.audits.end()) view.drift_found += last->counts.different;
    }

    ipc::report::Day& day_of(WallTime at) {
        const auto day =
            std::clamp<std::int64_t>((to_ms(at) - result_.since) / day_ms, 0, std::ssize(result_.days) - 1);
        return result_.days[static_cast<std::size_t>(day)];
    }

    Controller& controller_;
    WallTime since_;
    GetResult result_;
    std::map<stack::CartKey, CartTally> by_key_;
    std::map<std::string, CartTally*, std::less<>> by_id_;
    std::map<std::string, std::int64_t> reasons_;
    std::vector<std::int64_t> entries_;  // numbers, the newest first
};

}  // namespace

ipc::Expected<GetResult> report(Desk& desk, const ipc::report::Get& request) {
    const auto since = wall_from_ms(request.since);
    const auto until = request.until ? wall_from_ms(*request.until) : desk.now.wall;
    if (until <= since)
        return ipc::fail(ipc::Code::invalid_params, "The end must be later than the beginning.");
    if (until - since > Milliseconds{most_days * day_ms})
        return ipc::fail(ipc::Code::invalid_params, "A report covers 400 days at most.");
    Report report{desk.controller, since, until};
    report.read(desk.now);
    return report.result();
}

}  // namespace stocktray::agent
