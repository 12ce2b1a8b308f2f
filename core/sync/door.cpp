#include "core/sync/door.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace stocktray::sync {

using inventory::Delta;

Verdict verdict(Delta gap, const std::vector<Delta>& parked, bool sees_all_orders,
                const std::optional<store::SeenGap>& seen, std::int64_t import, WallTime now,
                Milliseconds positive_gap) {
    Delta least{0};
    Delta most{0};
    for (const auto delta : parked) (delta.pieces < 0 ? least : most).pieces += delta.pieces;
    if (gap < least || gap > most) return Verdict::person;
    if (gap.pieces <= 0 || sees_all_orders) return Verdict::send;
    // An unfinished order that we cannot see looks like a loss. It would be gone, or imported, by then.
    const bool was_seen_before = seen && seen->pieces == gap.pieces && seen->import != import &&
                                 now - seen->at >= positive_gap;
    return was_seen_before ? Verdict::send : Verdict::confirm;
}

Delta not_imported(const std::vector<cart::HeldByOrder>& held, const std::vector<store::OrderTaking>& taken) {
    std::map<std::string, std::int64_t> open;
    for (const auto& [order, pieces] : held) open[order] += pieces;
    for (const auto& taking : taken)
        if (const auto found = open.find(taking.order); found != open.end()) found->second -= taking.pieces;
    Delta sum{0};
    for (const auto& [order, pieces] : open) sum.pieces += std::max<std::int64_t>(0, pieces);
    return sum;
}

bool Door::send(stack::CartState& cart, store::Listing listing, Delta gap, std::int64_t book_version,
                std::int64_t count, Now now) {
    if (!listing.item) return false;
    const auto item = store_.items.get(*listing.item);
    if (!item || item->book_version != book_version || store_.posts.is_busy(listing.key)) return false;

    const auto stuck = store_.posts.stuck_of(listing.key);
    queue_.add(cart, listing, gap, inventory::Quantity{count} + gap, now);
    const auto gap_post = store_.posts.unsent_of(listing.key);
    for (auto post : stuck) {
        if (gap_post) post.settled_by = gap_post->id;
        queue_.move(cart, post, stack::On::gap_sent, now);
    }
    listing.is_aligned = true;
    listing.seen_gap.reset();
    listing.word = cart::CountWord::count;
    listing.store_qoh = count;
    listing.store_qoh_at = now.wall;
    store_.listings.save(listing);
    journal_.clear("needs_decision", cart.id(), item->sku);
    journal_.record({.at = now.wall,
                     .kind = "verdict",
                     .cart = cart.id(),
                     .sku = item->sku,
                     .delta = gap.pieces,
                     .text = gap.pieces == 0
                                 ? fmt::format("{} has {} of {}, as it should; the doubt is over.", cart.config().name,
                                               count, item->sku)
                                 : fmt::format("{} has {} of {}; the missing difference of {:+} is sent.",
                                               cart.config().name, count, item->sku, gap.pieces)});
    return true;
}

}  // namespace stocktray::sync
