// A job goes through listings, SKUs and lines, slice by slice, and decides what is to be done with each.
#include "core/jobs/run.h"

#include "core/jobs/undo.h"

namespace stocktray::jobs {

using sync::Orders;

void Run::act_slice(stack::CartState& cart, Now now) {
    const auto rows = tools_.store.listings.compare(cart.cart.key, cursor_, portion_.rows());
    std::int64_t equal = 0;
    Slice slice{tools_.store};
    for (const auto& row : rows) {
        cursor_ = row.listing.store_sku;
        act_on(cart, row, equal, now);
        if (!slice.goes_on() || rounds_.size() >= most_rounds) break;
    }
    portion_.took(slice);
    tools_.store.jobs.add_equal(job_.id, equal);
    has_more_ = rounds_.size() < most_rounds;
    if (rows.empty()) {
        start_round(cart);
        cursor_.clear();
        phase_ = Phase::missing;
        has_more_ = true;
    }
    save();
}

void Run::act_on(stack::CartState& cart, const store::ComparedListing& row, std::int64_t& equal, Now now) {
    const auto& listing = row.listing;
    const auto item = listing.item ? tools_.store.items.get(*listing.item) : std::nullopt;
    if (!is_mine(item ? item->sku : listing.store_sku)) return;
    // Before a restart it was dealt with already.
    if (const auto line = tools_.store.jobs.item(job_.id, listing.store_sku); line && line->is_dealt_with()) return;
    if (!item) return act_on_unknown(cart, listing, now);
    if (deeds_.leave_out(cart, job_, listing, *item)) return;
    if (!list_->was_seen(listing.key) && !list_->was_touched(listing.key))
        return deeds_.act_on_word(cart, job_, listing, is_list_whole_ ? cart::CountWord::not_found : cart::CountWord::error, now);
    if (listing.word != cart::CountWord::count || !listing.store_qoh)
        return deeds_.act_on_word(cart, job_, listing, listing.word.value_or(cart::CountWord::error), now);
    if (row.is_busy) fold_unsent(cart, listing, now);

    cart::SkuMoves look;
    look.count = {listing.store_sku, cart::CountWord::count, *listing.store_qoh};
    const auto seen = item->has_baseline ? tools_.scales.weigh(cart, listing, *item, look, Orders::imported) : std::nullopt;
    const bool is_plainly_equal = seen && seen->gap.pieces == 0 && seen->not_imported.pieces == 0 && listing.is_aligned &&
                                  !row.has_stuck && !row.has_pull && !row.is_busy;
    if (is_plainly_equal) {
        const auto line = tools_.store.jobs.item(job_.id, listing.store_sku);
        if (line) deeds_.skip(job_, listing, *item, ItemResult::ok, Cause::equal, "Equal.");
        else if (has_older_) deeds_.count_equal(job_, listing.store_sku);
        else ++equal;
        return;
    }
    if (const auto unquiet = tools_.scales.unquiet(cart, listing, *item, now))
        return deeds_.wait(job_, listing, item, *unquiet);
    if (orders_ == Orders::by_moves) return candidate(cart, listing, item->book_version);
    if (!seen) return deeds_.wait(job_, listing, item, sync::Unquiet::unclear_line);
    if (!can_conclude_)
        return deeds_.wait(job_, listing, item, Cause::web_orders_not_imported, cannot_conclude_);
    if (import_ != cart.cart.import_news)
        return deeds_.wait(job_, listing, item, Cause::web_orders_not_imported, std::string{Deeds::imported_meanwhile});
    if (list_->was_touched(listing.key) || (!is_preview() && !list_->is_same(listing.key)))
        return deeds_.wait(job_, listing, item, Cause::in_flight, "It moved while it was read.");
    deeds_.act(cart, job_, *seen, orders_, now);
}

// A listing that only the store knows.
void Run::act_on_unknown(stack::CartState& cart, const store::Listing& listing, Now now) {
    if (!list_->was_seen(listing.key)) return;
    if (listing.word && *listing.word != cart::CountWord::count) return deeds_.act_on_word(cart, job_, listing, *listing.word, now);
    if (!deeds_.is_to_be_created(job_, listing)) return deeds_.act_on_stranger(cart, job_, listing, {}, now);
    if (orders_ == Orders::by_moves) return candidate(cart, listing, 0);
    if (!can_conclude_ || import_ != cart.cart.import_news || (!is_preview() && !list_->is_same(listing.key)))
        return deeds_.wait(job_, listing, std::nullopt, Cause::web_orders_not_imported,
                           can_conclude_ ? "It moved while it was read." : cannot_conclude_);
    deeds_.act_on_stranger(cart, job_, listing, deeds_.imported(cart, listing.store_sku), now);
}

// Posts that would be sent as differences to a script that takes them as counts: their pieces are in the count that
// replaces what is there.
void Run::fold_unsent(stack::CartState& cart, const store::Listing& listing, Now now) {
    const bool sends = job_.kind == Kind::send_qoh || job_.kind == Kind::undo;
    if (!sends || is_preview() || Deeds::takes_differences(cart)) return;
    for (auto& post : tools_.store.posts.waiting_of(listing.key)) {
        if (post.state != stack::State::queued) continue;
        tools_.queue.move(cart, post, stack::On::switched_off, now);
        auto unaligned = listing;
        unaligned.unalign();
        tools_.store.listings.save(unaligned);
    }
}

bool Run::is_mine(const std::string& sku) const {
    return !job_.is_selection || tools_.store.jobs.is_selected(job_.id, sku);
}

// SKUs that the store does not list at all: of a selection each has its line, whatever there is to say.
void Run::miss_slice(stack::CartState& cart) {
    has_more_ = true;
    Slice slice{tools_.store};
    const auto before = cursor_;
    if (job_.is_selection) {
        for (const auto& sku : tools_.store.jobs.selection(job_.id, cursor_, Slice::most_rows)) {
            if (!slice.goes_on()) break;
            cursor_ = sku;
            deeds_.miss(cart, job_, sku);
        }
    } else {
        for (const auto& item : tools_.store.items.list(cursor_, Slice::most_rows)) {
            if (!slice.goes_on()) break;
            cursor_ = item.sku;
            const bool is_due =
                item.is_tracked && item.has_baseline && !cart::listings_of(cart.config(), item.sku).empty();
            if (is_due) deeds_.miss(cart, job_, item.sku);
        }
    }
    if (cursor_ != before) return;
    cursor_.clear();
    phase_ = Phase::rounds;
    save();
}

void Run::select_slice(stack::CartState& cart, Now now) {
    const auto skus = tools_.store.jobs.selection(job_.id, cursor_, Slice::most_rows);
    Slice slice{tools_.store};
    for (const auto& sku : skus) {
        if (!slice.goes_on()) break;
        cursor_ = sku;
        const auto item = tools_.store.items.find(sku);
        const auto names = item ? cart::listings_of(cart.config(), sku) : std::vector<std::string>{};
        if (!item && job_.options.creates_records) {
            select_new(cart, sku);
            continue;
        }
        if (names.empty()) deeds_.miss(cart, job_, sku);
        for (const auto& store_sku : names) {
            if (const auto line = tools_.store.jobs.item(job_.id, store_sku); line && line->is_dealt_with()) continue;
            auto listing = tools_.store.listings.find(cart.cart.key, store_sku).value_or(store::Listing{});
            if (listing.key == 0 || listing.item != item->key) {
                listing.cart = cart.cart.key;
                listing.store_sku = store_sku;
                listing.item = item->key;
                tools_.store.listings.save(listing);
            }
            if (deeds_.leave_out(cart, job_, listing, *item)) continue;
            fold_unsent(cart, listing, now);
            if (const auto unquiet = tools_.scales.unquiet(cart, listing, *item, now))
                deeds_.wait(job_, listing, item, *unquiet);
            else
                candidate(cart, listing, item->book_version);
        }
    }
    has_more_ = rounds_.size() < most_rounds;
    if (!skus.empty()) return;
    start_round(cart);
    phase_ = Phase::rounds;
    has_more_ = true;
}

// A SKU that perhaps the store knows; the Order Manager does not.
void Run::select_new(stack::CartState& cart, const std::string& sku) {
    if (const auto line = tools_.store.jobs.item(job_.id, sku); line && line->is_dealt_with()) return;
    auto listing = tools_.store.listings.find(cart.cart.key, sku).value_or(store::Listing{});
    if (listing.key == 0) {
        listing.cart = cart.cart.key;
        listing.store_sku = sku;
        tools_.store.listings.save(listing);
    }
    candidate(cart, listing, 0);
}

void Run::undo_slice(stack::CartState& cart, Now now) {
    has_more_ = true;
    const auto undone = tools_.store.jobs.get(job_.options.undoes.value_or(0));
    const auto lines = tools_.store.jobs.items(job_.options.undoes.value_or(0), std::nullopt, cursor_, portion_.rows());
    Slice slice{tools_.store};
    for (const auto& line : lines) {
        if (!slice.goes_on()) break;
        cursor_ = line.store_sku;
        if (!undone || !has_moved(undone->kind, line) || tools_.store.jobs.was_undone(undone->id, line.store_sku)) continue;
        undo_line(tools_, cart, job_, *undone, line, now);
        deeds_.end_older(job_.id, line.store_sku);
    }
    portion_.took(slice);
    save();
    if (!lines.empty()) return;
    cursor_.clear();
    phase_ = Phase::posting;
}

}  // namespace stocktray::jobs
