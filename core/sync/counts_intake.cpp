#include "core/sync/counts_intake.h"

#include <utility>

namespace stocktray::sync {
namespace {

constexpr std::size_t per_slice = 250;

}  // namespace

CountsIntake::CountsIntake(store::Store& store, stack::CartKey cart, store::ToldCounts::List list)
    : store_{store}, cart_{cart}, told_{store.told_counts, cart, list} {}

void CountsIntake::complete(cart::ListAnswers answers, WallTime read_at) {
    answers_ = std::move(answers);
    read_at_ = read_at;
    is_whole_ = true;
    told_.close();
}

std::vector<cart::ReadCount> CountsIntake::next_slice() {
    std::vector<cart::ReadCount> slice;
    slice.reserve(per_slice);
    while (slice.size() < per_slice) {
        const auto& told = told_.next();
        if (told.empty()) break;
        slice.push_back(cart::settle(told, answers_));
    }
    return slice;
}

bool CountsIntake::go_on(const store::Cart& cart, const stack::Touched* touched, const Tell& tell) {
    const auto slice = next_slice();
    if (slice.empty()) return false;
    // Beside the slice's own there may be listings that the store no longer lists; of many of them only the first
    // are worth a look in one go.
    constexpr auto most = static_cast<std::int64_t>(2 * per_slice);
    auto known = store_.listings.between(cart_, slice.front().sku, slice.back().sku, most);
    const bool is_all = std::ssize(known) < most;
    auto at = known.begin();
    for (const auto& told : slice) {
        while (at != known.end() && at->store_sku < told.sku) ++at;
        std::optional<store::Listing> listing;
        if (at != known.end() && at->store_sku == told.sku) listing = std::move(*at);
        else if (at == known.end() && !is_all) listing = store_.listings.find(cart_, told.sku);
        take_over(cart, std::move(listing), told, touched, tell);
    }
    distinct_ += std::ssize(slice);
    return slice.size() == per_slice;
}

void CountsIntake::take_over(const store::Cart& cart, std::optional<store::Listing> listing, const cart::ReadCount& told,
                             const stack::Touched* touched, const Tell& tell) {
    const bool is_count = told.word == cart::CountWord::count;
    if (!listing) {
        store::Listing fresh;
        fresh.cart = cart_;
        fresh.store_sku = told.sku;
        fresh.item = store_.item_sold_as(cart, told.sku);
        fresh.word = told.word;
        if (is_count) fresh.store_qoh = told.qoh;
        fresh.store_qoh_at = read_at_;
        store_.listings.save(fresh);
        tell(fresh.key, false);
        return;
    }
    const bool is_equal = listing->word == told.word && (!is_count || listing->store_qoh == told.qoh);
    const bool is_touched = touched != nullptr && touched->has(listing->key);
    if (!listing->item) {
        listing->item = store_.item_sold_as(cart, told.sku);
        if (listing->item) store_.listings.save(*listing);
    }
    if (!is_equal && !is_touched) store_.listings.put_count(cart_, told, read_at_);
    tell(listing->key, is_equal && !is_touched);
}

}  // namespace stocktray::sync
