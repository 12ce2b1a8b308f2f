#include "core/jobs/store_list.h"

namespace stocktray::jobs {

StoreList::StoreList(Tools& tools, stack::CartKey cart) : tools_{tools}, cart_{cart}, touched_{tools.queue.watch(cart)} {}

void StoreList::begin(Look look) {
    look_ = look;
    was_read_ = false;
    intake_.emplace(tools_.store, cart_, store::ToldCounts::List::job);
    seen_.assign(seen_.size(), false);
    if (look == Look::second) {
        same_.assign(same_.size(), false);
        return;
    }
    touched_ = tools_.queue.watch(cart_);
}

bool StoreList::go_on(const stack::CartState& cart) {
    const bool has_more = intake_->go_on(cart.cart, touched_.get(), [this](stack::ListingKey listing, bool is_same) {
        set(seen_, listing);
        if (look_ == Look::second && is_same) set(same_, listing);
    });
    if (has_more) return true;
    was_read_ = true;
    distinct_ = intake_->distinct();
    intake_.reset();
    return false;
}

}  // namespace stocktray::jobs
