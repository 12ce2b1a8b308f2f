// A store's whole list on its way to the listings of its cart: collected while it comes in; when it is whole it is
// taken over slice by slice, in the order of the SKUs, which is the order of the index that is written.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/stack/post_queue.h"
#include "core/store/store.h"
#include "core/sync/sorted_counts.h"

namespace stocktray::sync {

class CountsIntake {
public:
    // `store` must outlive it. Used within turns; after a turn that was taken back it is worth nothing.
    CountsIntake(store::Store& store, stack::CartKey cart, store::ToldCounts::List list);

    // A page of the list, of its answer with that number.
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) { told_.add(page, answer); }
    // The list is whole, as of `read_at`.
    void complete(cart::ListAnswers answers, WallTime read_at);
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

    // Of each SKU of the list: its listing; had it this count already, and did none of its posts move meanwhile?
    using Tell = std::function<void(stack::ListingKey, bool is_same)>;
    // Takes the next SKUs over. False: those were the last. `touched`: listings whose posts have moved since the list
    // was begun; what it says of them is not written down. None: nobody watches.
    [[nodiscard]] bool go_on(const store::Cart& cart, const stack::Touched* touched, const Tell& tell);
    // SKUs taken over so far.
    [[nodiscard]] std::int64_t distinct() const noexcept { return distinct_; }

private:
    [[nodiscard]] std::vector<cart::ReadCount> next_slice();
    void take_over(const store::Cart& cart, std::optional<store::Listing> listing, const cart::ReadCount& told,
                   const stack::Touched* touched, const Tell& tell);

    store::Store& store_;
    stack::CartKey cart_;
    SortedCounts told_;
    cart::ListAnswers answers_;
    WallTime read_at_{};
    bool is_whole_{false};
    std::int64_t distinct_{0};
};

}  // namespace stocktray::sync
