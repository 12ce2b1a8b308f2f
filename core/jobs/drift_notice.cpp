#include "core/jobs/drift_notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "core/jobs/deeds.h"
#include "core/sync/retakes.h"

namespace stocktray::jobs {
namespace {

constexpr std::int64_t most_looked_at = 400;  // lines in one turn
constexpr std::int64_t most_jobs = 50;

// What people are told of.
struct Findings {
    std::int64_t different{0};
    store::Oddities odd{};

    [[nodiscard]] std::int64_t all() const noexcept { return different + odd.gone + odd.twice + odd.case_differs; }
};

// The notice as it is to be, or none.
void tell(Tools& tools, const stack::CartState& cart, const Findings& found, Now now) {
    if (found.all() == 0) return tools.journal.clear("drift", cart.id(), "");
    std::string text;
    const auto add = [&](const std::string& sentence) { text += (text.empty() ? "" : " ") + sentence; };
    const auto& name = cart.config().name;
    if (found.different > 0)
        add(fmt::format("{} SKU{} of {} differ{}.", found.different, found.different == 1 ? "" : "s", name,
                        found.different == 1 ? "s" : ""));
    if (found.odd.gone > 0) add(fmt::format("No longer at {}: {}.", name, found.odd.gone));
    if (found.odd.twice > 0) add(fmt::format("More than once at {}: {}.", name, found.odd.twice));
    if (found.odd.case_differs > 0) add(fmt::format("With other capital letters at {}: {}.", name, found.odd.case_differs));
    tools.journal.raise({.kind = "drift",
                         .severity = store::Severity::warning,
                         .cart = cart.id(),
                         .since = now.wall,
                         .message = std::move(text),
                         .hint = found.different > 0 ? "Look at the list; then Get QOH or Send QOH for the SKUs that are wrong."
                                                     : "Look at the audit's list, and put these products right at the store.",
                         .action = "open_audit",
                         .count = found.all()});
}

// SKUs that wait for web orders of which nobody tells wait for ever.
void tell_of_unknown_orders(Tools& tools, const stack::CartState& cart, std::int64_t waiting, Now now) {
    constexpr Milliseconds long_ago{std::int64_t{24} * 3'600'000};
    const auto& state = cart.cart;
    const bool is_told = state.import_complete.value_or(false) && state.imported_at && now.wall - *state.imported_at < long_ago;
    if (waiting == 0 || is_told) return;
    tools.journal.raise({.kind = "import_incomplete",
                         .severity = store::Severity::warning,
                         .cart = cart.id(),
                         .since = now.wall,
                         .message = fmt::format("{} SKU{} of {} could not be compared. {}", waiting, waiting == 1 ? "" : "s",
                                                cart.config().name, Deeds::orders_unknown(cart)),
                         .hint = "If the Order Manager cannot tell of its imports: when none waits, use Send QOH or Get QOH and say there that no web order waits "
                                 "to be imported.",
                         .action = "open_cart",
                         .count = waiting});
}

bool is_whole_audit(const Job& job) noexcept {
    return job.kind == Kind::audit && job.compares_all();
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

// Any of the store's SKUs under which it is sold.
bool differs_anywhere(const Tools& tools, const stack::CartState& cart, const std::string& sku) {
    return std::ranges::any_of(cart::listings_of(cart.config(), sku),
                               [&](const auto& store_sku) { return still_differs(tools, cart, store_sku); });
}

// What the last audit named and what was taken back since, by the store's SKUs, and that audit's number; none where it is more than
// can be looked at in one turn.
struct Named {
    std::set<std::string> skus{};
    std::optional<JobId> audit{};
};
std::optional<Named> named_last(const Tools& tools, const stack::CartState& cart) {
    Named named;
    for (const auto& job : tools.store.jobs.list(cart.cart.key, std::nullopt, most_jobs)) {
        const bool is_audit = is_whole_audit(job);
        const bool took_back = job.kind == Kind::undo && !job.options.is_dry_run;
        if (!is_audit && !took_back) continue;
        const auto lines = tools.store.jobs.items(job.id, is_audit ? ItemResult::different : ItemResult::ok, {}, most_looked_at);
        if (std::ssize(lines) == most_looked_at) return std::nullopt;
        for (const auto& line : lines) named.skus.insert(line.store_sku);
        if (!is_audit) continue;
        if (job.state != State::done) return std::nullopt;
        named.audit = job.id;
        break;
    }
    return named;
}

std::int64_t told_of(const Tools& tools, const stack::CartState& cart) {
    const auto alerts = tools.store.alerts.of_cart(cart.id());
    const auto told = std::ranges::find_if(alerts, [](const auto& alert) { return alert.kind == "drift" && alert.sku.empty(); });
    return told == alerts.end() ? 0 : told->count;
}

// Counts have changed: the notice as what is named is now.
void look_again(Tools& tools, const stack::CartState& cart, std::int64_t told, Now now) {
    const auto named = named_last(tools, cart);
    if (!named) return;
    const auto left = std::ranges::count_if(named->skus, [&](const auto& sku) { return still_differs(tools, cart, sku); });
    const Findings found{left, named->audit ? tools.store.jobs.oddities(*named->audit) : store::Oddities{}};
    if (found.all() != told) tell(tools, cart, found, now);
}

}  // namespace

void tell_drift(Tools& tools, const stack::CartState& cart, const Job& job, Now now) {
    if (!is_whole_audit(job)) return;
    const auto counts = tools.store.jobs.counts(job.id);
    const auto count = [&](ItemResult result) {
        const auto found = counts.find(result);
        return found == counts.end() ? std::int64_t{0} : found->second;
    };
    const auto waiting = count(ItemResult::waiting);
    const Findings found{count(ItemResult::different), tools.store.jobs.oddities(job.id)};
    if (found.all() > 0 || waiting == 0) tell(tools, cart, found, now);
    if (waiting > 0) sync::tell_retakes(tools.store, tools.journal, now);
    if (tools.store.jobs.waits_for_orders(job.id)) tell_of_unknown_orders(tools, cart, waiting, now);
    else if (cart.cart.import_complete.value_or(true)) tools.journal.clear("import_incomplete", cart.id(), "");
    // Of single SKUs, by second looks: those that fit again. Of very many the rest goes with the next audits.
    auto left = most_looked_at;
    for (const auto& alert : tools.store.alerts.of_cart(cart.id())) {
        if (alert.kind != "drift" || alert.sku.empty()) continue;
        if (left-- == 0) break;
        if (!differs_anywhere(tools, cart, alert.sku)) tools.journal.clear("drift", cart.id(), alert.sku);
    }
}

bool leaves_nothing(const Tools& tools, const Job& job) {
    if (job.kind != Kind::send_qoh || !job.compares_all()) return false;
    const auto counts = tools.store.jobs.counts(job.id);
    return std::ranges::none_of(counts, [](const auto& count) {
        const auto result = count.first;
        const bool is_left = result == ItemResult::error || result == ItemResult::different ||
                             result == ItemResult::waiting || result == ItemResult::skipped;
        return is_left && count.second > 0;
    });
}

void look_at_drift(Tools& tools, const stack::CartState& cart, Now now) {
    const auto told = told_of(tools, cart);
    if (told > 0 && told <= most_looked_at) look_again(tools, cart, told, now);
}

void tell_taken_back(Tools& tools, const stack::CartState& cart, const Job& job, Now now) {
    const auto told = told_of(tools, cart);
    const auto counts = tools.store.jobs.counts(job.id);
    const auto undone = counts.find(ItemResult::ok);
    if (undone == counts.end()) return;
    // Very many: they are told as they are, whatever was told before.
    if (undone->second >= most_looked_at) tell(tools, cart, {.different = std::max(told, undone->second)}, now);
    else if (told <= most_looked_at) look_again(tools, cart, told, now);
}

}  // namespace stocktray::jobs
