#include "core/jobs/drift_notice.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::jobs {
namespace {

constexpr std::int64_t most_looked_at = 400;  // lines in one turn
constexpr std::int64_t most_jobs = 50;

void raise(Tools& tools, const stack::CartState& cart, std::int64_t different, Now now) {
    tools.journal.raise({.kind = "drift",
                         .severity = store::Severity::warning,
                         .cart = cart.id(),
                         .since = now.wall,
                         .message = fmt::format("{} SKU{} of {} differ{}.", different, different == 1 ? "" : "s",
                                                cart.config().name, different == 1 ? "s" : ""),
                         .hint = "Look at the audit's list; then Get QOH or Send QOH for the SKUs that are wrong.",
                         .action = "open_job",
                         .count = different});
}

bool is_whole_audit(const Job& job) noexcept {
    return job.kind == Kind::audit && !job.options.is_dry_run && !job.is_selection;
}

// By what is known of both sides now.
bool still_differs(const Tools& tools, const stack::CartState& cart, const std::string& store_sku) {
    const auto listing = tools.store.listings.find(cart.cart.key, store_sku);
    const auto item = listing && listing->item ? tools.store.items.get(*listing->item) : std::nullopt;
    if (!item || !item->has_baseline || !listing->store_qoh) return true;
    if (!item->is_tracked) return false;
    cart::SkuMoves look;
    look.count = {store_sku, cart::CountWord::count, *listing->store_qoh};
    const auto evidence = tools.scales.weigh(cart, *listing, *item, look, sync::Orders::imported);
    return !evidence || evidence->gap.pieces != 0;
}

}  // namespace

void tell_drift(Tools& tools, const stack::CartState& cart, const Job& job, Now now) {
    if (!is_whole_audit(job)) return;
    const auto counts = tools.store.jobs.counts(job.id);
    const auto count = [&](ItemResult result) {
        const auto found = counts.find(result);
        return found == counts.end() ? std::int64_t{0} : found->second;
    };
    if (const auto different = count(ItemResult::different); different > 0) raise(tools, cart, different, now);
    else if (count(ItemResult::waiting) == 0) tools.journal.clear("drift", cart.id(), "");
}

bool leaves_nothing(const Tools& tools, const Job& job) {
    if (job.kind != Kind::send_qoh || job.options.is_dry_run || job.is_selection) return false;
    const auto counts = tools.store.jobs.counts(job.id);
    return std::ranges::none_of(counts, [](const auto& count) {
        const auto result = count.first;
        const bool is_left = result == ItemResult::error || result == ItemResult::different ||
                             result == ItemResult::waiting || result == ItemResult::skipped;
        return is_left && count.second > 0;
    });
}

void look_at_drift(Tools& tools, const stack::CartState& cart, Now now) {
    const auto alerts = tools.store.alerts.of_cart(cart.id());
    const auto told = std::ranges::find_if(
        alerts, [](const auto& alert) { return alert.kind == "drift" && alert.sku.empty(); });
    if (told == alerts.end() || told->count > most_looked_at) return;
    const auto jobs = tools.store.jobs.list(cart.cart.key, std::nullopt, most_jobs);
    const auto audit = std::ranges::find_if(jobs, is_whole_audit);
    if (audit == jobs.end() || audit->state != State::done) return;
    const auto lines = tools.store.jobs.items(audit->id, ItemResult::different, {}, most_looked_at);
    const auto left = std::ranges::count_if(
        lines, [&](const auto& line) { return still_differs(tools, cart, line.store_sku); });
    if (left == told->count) return;
    if (left > 0) raise(tools, cart, left, now);
    else tools.journal.clear("drift", cart.id(), "");
}

}  // namespace stocktray::jobs
