#include "core/jobs/handover.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/jobs/drift_notice.h"
#include "core/jobs/handover_notice.h"
#include "core/jobs/undo.h"

namespace stocktray::jobs {

Result<PullAnswer> Handover::pull(const PullRequest& request, Now now) {
    const auto consumer = tools_.store.pulls.consumer();
    // Only what it was given and has not acknowledged can be applied twice.
    const bool is_held = !tools_.store.pulls.up_to(tools_.store.pulls.given()).empty();
    if (is_held && consumer != request.consumer && !request.takes_over)
        return fail(ErrorCode::conflict,
                    fmt::format("{} takes over what Get QOH finds; two of them would apply it twice. If it no longer lives, take "
                                "over from it: stocktrayctl pull --consumer {} --take-over",
                                consumer, request.consumer));
    std::set<JobId> undos;
    if (request.ack) {
        if (*request.ack > tools_.store.pulls.given())
            return fail(ErrorCode::conflict,
                        "This agent has not given out that item: it was restored or is new. Pull without an acknowledgement, "
                        "and send a snapshot when nothing is left to take over.");
        for (const auto& skipped : request.skipped)
            if (skipped.cursor > *request.ack)
                return fail(ErrorCode::invalid, "What is skipped lies beyond what is acknowledged.");
        for (const auto& item : tools_.store.pulls.up_to(*request.ack)) {
            if (item.takes_back) undos.insert(item.job);
            const auto skipped = std::ranges::find(request.skipped, item.cursor, &SkippedItem::cursor);
            if (skipped != request.skipped.end()) skip(item, skipped->reason, now);
            else take_over(item, now);
            tools_.store.pulls.remove(item.cursor);
        }
    }
    for (const auto undo : undos) tell_if_taken_back(undo, now);
    PullAnswer answer;
    answer.items = tools_.store.pulls.list(request.limit + 1);
    answer.has_more = std::ssize(answer.items) > request.limit;
    if (answer.has_more) answer.items.pop_back();
    if (!answer.items.empty() && consumer != request.consumer) {
        tools_.store.pulls.set_consumer(request.consumer);
        tools_.journal.record({.at = now.wall, .kind = "setting",
                               .text = fmt::format("{} takes over what Get QOH finds.", request.consumer)});
    }
    if (!answer.items.empty()) tools_.store.pulls.note_given(answer.items.back().cursor);
    // With the last of them the Order Manager has all that it was told of.
    if (request.ack && answer.items.empty()) {
        for (const auto& cart : tools_.board.all()) look_at_drift(tools_, *cart, now);
        remind_of_handover(tools_.store, tools_.board, tools_.journal, now);
    }
    return answer;
}

void Handover::take_over(const store::PullItem& item, Now now) {
    const auto* cart = tools_.board.get(item.cart);
    const auto listing = tools_.store.listings.get(item.listing);
    books_.take_over({.sku = item.sku, .delta = {item.delta},  .name = item.name,
                      .cart = cart != nullptr ? cart->id() : std::string{},
                      .listing = listing ? listing->store_sku : std::string{}, .job = item.job},
                     now);
    const auto known = tools_.store.items.find(item.sku);
    const auto names = cart != nullptr ? cart::listings_of(cart->config(), item.sku) : std::vector<std::string>{};
    // Mapped otherwise meanwhile, it is no listing of this SKU any more.
    if (listing && known && std::ranges::count(names, listing->store_sku) > 0) {
        auto taken = *listing;
        taken.item = known->key;
        item.aligns ? taken.align() : taken.unalign();
        if (item.takes_back) taken.held_version = known->book_version;
        tools_.store.listings.save(taken);
        if (item.aligns) tools_.journal.clear("drift", cart->id(), item.sku);
    }
    note(item, ItemResult::ok, " Taken over by the Order Manager.");
    if (listing) hand_back(item, *listing, now);
}

// The counts differ again once all of it is taken back.
void Handover::tell_if_taken_back(JobId id, Now now) {
    const auto undo = tools_.store.jobs.get(id);
    const auto* cart = undo ? tools_.board.get(undo->cart) : nullptr;
    if (cart == nullptr || is_at_work(undo->state) || !tools_.store.jobs.waiting(id, {}, 1).empty()) return;
    tell_taken_back(tools_, *cart, *undo, now);
}

// It was taken back while the Order Manager had it in its hands.
void Handover::hand_back(const store::PullItem& item, const store::Listing& listing, Now now) {
    const auto id = tools_.store.jobs.undone_by(item.job);
    const auto undo = id ? tools_.store.jobs.get(*id) : std::nullopt;
    const auto undone = tools_.store.jobs.get(item.job);
    const auto line = undo ? tools_.store.jobs.item(undo->id, listing.store_sku) : std::nullopt;
    const auto done = tools_.store.jobs.item(item.job, listing.store_sku);
    auto* cart = tools_.board.get(item.cart);
    if (!undone || !done || cart == nullptr || !line || line->result != ItemResult::waiting) return;
    tools_.store.pulls.remove(item.cursor);
    undo_line(tools_, *cart, *undo, *undone, *done, now);
}

void Handover::skip(const store::PullItem& item, const std::string& reason, Now now) {
    const auto* cart = tools_.board.get(item.cart);
    tools_.journal.record({.at = now.wall, .kind = "get_qoh", .cart = cart != nullptr ? cart->id() : std::string{},
                           .sku = item.sku, .delta = item.delta,
                           .text = fmt::format("Get QOH: the Order Manager did not take over {:+} of {}: {}", item.delta,
                                               item.sku, reason.empty() ? "no reason given." : reason)});
    note(item, ItemResult::skipped, fmt::format(" The Order Manager did not take it over: {}",
                                                reason.empty() ? "no reason given." : reason));
    const auto listing = tools_.store.listings.get(item.listing);
    const auto line = listing ? tools_.store.jobs.item(item.job, listing->store_sku) : std::nullopt;
    if (!line) return;
    name_left(tools_, item, *line, now);
    hand_back(item, *listing, now);  // an undo that waited for it has nothing to take back
}

void Handover::note(const store::PullItem& item, ItemResult result, const std::string& text) {
    const auto listing = tools_.store.listings.get(item.listing);
    auto line = listing ? tools_.store.jobs.item(item.job, listing->store_sku) : std::nullopt;
    if (!line) return;
    line->stage = Stage::none;
    if (line->result != ItemResult::new_ || result == ItemResult::skipped) line->result = result;
    line->text += text;
    tools_.store.jobs.put(*line);
    tools_.journal.tell(JobNotice{item.job});
}

}  // namespace stocktray::jobs
