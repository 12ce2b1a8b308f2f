#include "core/jobs/store_list.h"

namespace stocktray::jobs {

StoreList::StoreList(Tools& tools, stack::CartKey cart) : tools_{tools}, cart_{cart}, touched_{tools.queue.watch(cart)} {}

void StoreList::begin(Look look) {
    look_ = look;
    seen_.assign(seen_.size(), false);
    if (look == Look::second) {
        same_.assign(same_.size(), false);
        return;
    }
    touched_ = tools_.queue.watch(cart_);
}

void StoreList::take(stack::CartState& cart, const std::vector<cart::ReadCount>& page, Now now) {
    for (const auto& told : page) {
        auto listing = tools_.store.listings.find(cart_, told.sku);
        const bool is_equal = listing && listing->word == told.word &&
                              (told.word != cart::CountWord::count || listing->store_qoh == told.qoh);
        const bool is_touched = listing && touched_->has(listing->key);
        if (!is_equal && !is_touched) tools_.store.listings.put_count(cart_, told, now.wall);
        if (!listing) listing = tools_.store.listings.find(cart_, told.sku);
        if (!listing->item) tools_.store.tie(cart.cart, told.sku);
        set(seen_, listing->key);
        if (look_ == Look::second && is_equal && !is_touched) set(same_, listing->key);
    }
}

}  // namespace stocktray::jobs
