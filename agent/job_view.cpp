#include "agent/job_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/views.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

ipc::jobs::Blocked blocked_of(const jobs::Job& job) {
    ipc::jobs::Blocked blocked;
    blocked.code = job.code;
    blocked.message = job.message;
    const auto numbers = nlohmann::json::parse(job.data, nullptr, false);
    const auto number = [&](const char* name) {
        return numbers.is_object() ? numbers.value(name, std::int64_t{0}) : std::int64_t{0};
    };
    blocked.compared = number("compared");
    blocked.changed = number("changed");
    blocked.by_half = number("by_half");
    blocked.to_zero = number("to_zero");
    blocked.listed = number("listed");
    blocked.listed_before = number("listed_before");
    return blocked;
}

std::int64_t& count_of(ipc::jobs::Counts& counts, jobs::ItemResult result) {
    switch (result) {
        case jobs::ItemResult::ok: return counts.ok;
        case jobs::ItemResult::would_change: return counts.would_change;
        case jobs::ItemResult::not_found: return counts.not_found;
        case jobs::ItemResult::not_tracked: return counts.not_tracked;
        case jobs::ItemResult::ambiguous: return counts.ambiguous;
        case jobs::ItemResult::error: return counts.error;
        case jobs::ItemResult::skipped: return counts.skipped;
        case jobs::ItemResult::new_: return counts.new_;
        case jobs::ItemResult::different: return counts.different;
        case jobs::ItemResult::waiting: return counts.waiting;
    }
    return counts.error;
}

}  // namespace

ipc::jobs::Job view_of(Controller& controller, const jobs::Job& job, Now now) {
    ipc::jobs::Job view;
    view.job = job.id;
    view.kind = ipc::from_string<ipc::JobKind>(to_string(job.kind)).value_or(ipc::JobKind::audit);
    view.state = ipc::from_string<ipc::JobState>(to_string(job.state)).value_or(ipc::JobState::failed);
    view.dry_run = job.options.is_dry_run;
    view.undoes = job.options.undoes;
    if (job.state == jobs::State::blocked) view.blocked = blocked_of(job);
    const bool would_block = job.options.is_dry_run && job.state != jobs::State::failed && !job.code.empty();
    if (would_block) view.would_block = blocked_of(job);
    const auto doing = controller.jobs.doing(job);
    if (job.state == jobs::State::running && !doing.words.empty()) view.doing = doing.words;
    if (view.doing && doing.until && *doing.until > now.steady)
        view.until = to_ms(now.wall + (*doing.until - now.steady));
    if (job.state == jobs::State::failed || (only_names(job) && !job.options.is_dry_run)) view.message = job.message;
    view.done = job.done;
    view.total = job.total;
    view.started_at = to_ms(job.started_at);
    if (job.finished_at) view.finished_at = to_ms(*job.finished_at);
    if (!job.options.by.empty()) view.by = job.options.by;
    for (const auto& [result, skus] : controller.store.jobs.counts(job.id))
        count_of(view.counts, result) = std::max<std::int64_t>(0, skus);
    if (const auto* cart = controller.board.get(job.cart)) {
        view.cart = cart->id();
        if (job.state == jobs::State::waiting) view.waiting_for = cart_waits_for(controller, *cart, now);
    }
    if (job.state == jobs::State::running && !doing.words.empty()) {
        view.done = doing.done;
        const auto age = (now.steady - doing.since).count();
        const auto lately = doing.done - doing.done_before;
        // While the store is still being read, or little was done, nothing can be said of the rest.
        if (lately >= 100 && lately * 20 >= job.total - doing.done_before && age > 0) {
            view.per_second = lately * 1'000 / age;
            if (job.total > doing.done) view.remaining_ms = (job.total - doing.done) * age / lately;
        }
    }
    return view;
}

ipc::jobs::ResultItem view_of(const jobs::JobItem& item) {
    ipc::jobs::ResultItem view;
    view.sku = item.sku;
    view.store_sku = item.store_sku;
    view.om_qoh = item.om_qoh;
    view.before = item.before;
    view.after = item.after;
    view.delta = item.delta;
    view.result = ipc::from_string<ipc::JobResult>(to_string(item.result)).value_or(ipc::JobResult::error);
    if (item.cause) view.cause = ipc::from_string<ipc::Cause>(to_string(*item.cause));
    if (!item.text.empty()) view.text = item.text;
    return view;
}

}  // namespace stocktray::agent
