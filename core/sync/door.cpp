#include "core/sync/door.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace stocktray::sync {

using inventory::Delta;

Verdict verdict(Delta gap, const std::vector<Delta>& parked, bool sees_all_orders,
                const std::optional<store::SeenGap>& seen, std::int64_t import, AgentTime now,
                Milliseconds positive_gap) {
    Delta least{0};
    Delta most{0};
    for (const auto delta : parked) (delta.pieces < 0 ? least : most).pieces += delta.pieces;
    if (gap < least || gap > most) return Verdict::person;
    if (gap.pieces <= 0 || sees_all_orders) return Verdict::send;
    // An unfinished order that we cannot see looks like a loss. It would be gone, or imported, by then.
    const bool was_seen_before = seen && seen->pieces == gap.pieces && seen->import != import &&
                                 now - seen->since >= positive_gap;
    return was_seen_before ? Verdict::send : Verdict::confirm;
}

namespace {

std::string in_words(const stack::CartState& cart, const Evidence& evidence, Sender sender) {
    const auto& name = cart.config().name;
    const auto& sku = evidence.item.sku;
    const auto gap = evidence.gap.pieces;
    if (gap == 0) return fmt::format("{} has {} of {}, as it should.", name, evidence.count, sku);
    switch (sender) {
        case Sender::verdict:
            return fmt::format("{} has {} of {}; the missing difference of {:+} is sent, the doubt is over.", name,
                               evidence.count, sku, gap);
        case Sender::send_qoh:
            return fmt::format("Send QOH: {} has {} of {}; the missing difference of {:+} is sent.", name,
                               evidence.count, sku, gap);
        case Sender::repair:
            return fmt::format("{} has {} of {} where {} are due; {:+} is sent.", name, evidence.count, sku,
                               evidence.count + gap, gap);
    }
    return {};
}

std::string_view kind_of(Sender sender) noexcept {
    switch (sender) {
        case Sender::verdict: return "verdict";
        case Sender::send_qoh: return "send_qoh";
        case Sender::repair: return "repair";
    }
    return "";
}

}  // namespace

std::optional<store::Listing> Door::open_for(const Evidence& evidence) const {
    auto listing = store_.listings.get(evidence.listing.key);
    const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
    if (!item || item->book_version != evidence.item.book_version || item->needs_retake ||
        store_.posts.is_busy(listing->key) || store_.pulls.is_open(listing->key))
        return std::nullopt;
    return listing;
}

bool Door::hand_out(stack::CartState& cart, const Evidence& evidence, Now now) {
    auto listing = open_for(evidence);
    if (!listing) return false;
    for (auto post : store_.posts.stuck_of(listing->key)) queue_.move(cart, post, stack::On::gap_sent, now);
    listing->unalign();  // until it has been taken over
    listing->seen_gap.reset();
    listing->held_version.reset();
    store_.listings.save(*listing);
    queue_.clear_decision(cart, listing->key, evidence.item.sku);
    return true;
}

bool Door::send(stack::CartState& cart, const Evidence& evidence, Sender sender, Now now) {
    auto listing = open_for(evidence);
    if (!listing) return false;
    const auto& item = evidence.item;
    const auto stuck = store_.posts.stuck_of(listing->key);
    const bool was_aligned = listing->is_aligned;
    using Errand = stack::PostQueue::Errand;
    queue_.add(cart, *listing, evidence.gap, inventory::Quantity{evidence.count} + evidence.gap, now,
               sender == Sender::send_qoh ? Errand::job : Errand::change);
    const auto gap_post = store_.posts.unsent_of(listing->key);
    for (auto post : stuck) {
        if (gap_post) post.settled_by = gap_post->id;
        queue_.move(cart, post, stack::On::gap_sent, now);
    }
    listing->align();
    listing->seen_gap.reset();
    listing->held_version.reset();
    listing->word = cart::CountWord::count;
    listing->store_qoh = evidence.count;
    listing->store_qoh_at = now.wall;
    if (sender == Sender::repair) listing->repaired = now.steady;
    store_.listings.save(*listing);
    queue_.clear_decision(cart, listing->key, item.sku);
    journal_.clear("drift", cart.id(), item.sku);
    // That a listing was found equal is worth a line only if something had been open.
    if (evidence.gap.pieces == 0 && stuck.empty() && was_aligned) return true;
    journal_.record({.at = now.wall,
                     .kind = std::string{kind_of(sender)},
                     .cart = cart.id(),
                     .sku = item.sku,
                     .delta = evidence.gap.pieces,
                     .text = in_words(cart, evidence, sender)});
    return true;
}

}  // namespace stocktray::sync
