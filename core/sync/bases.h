// The counts from which differences are reckoned: the first whole list of a cart that is synchronized anew. Its posts
// wait until it is taken over.
#pragma once
#include <map>

#include "core/stack/cart_board.h"
#include "core/sync/counts_intake.h"

namespace stocktray::sync {

class Bases {
public:
    Bases(store::Store& store, stack::CartBoard& board) noexcept : store_{store}, board_{board} {}

    void page(const stack::CartState& cart, const std::vector<cart::ReadCount>& page, std::int32_t answer);
    // The list has ended; `is_base_read` of the cart tells whether it is whole.
    void ended(const stack::CartState& cart, cart::ListAnswers answers, Now now);

    // One slice for a cart whose list has been read; with the last one the cart has its base.
    void advance(stack::CartState& cart);
    // A list of the cart is coming in, or is being taken over.
    [[nodiscard]] bool is_reading(stack::CartKey cart) const noexcept { return intakes_.contains(cart); }
    [[nodiscard]] bool has_more(const stack::CartState& cart) const noexcept { return cart.is_base_read; }

    // After a turn that was taken back: what was collected is not to be trusted, the lists are read anew.
    void forget();

private:
    store::Store& store_;
    stack::CartBoard& board_;
    std::map<stack::CartKey, CountsIntake> intakes_;
};

}  // namespace stocktray::sync
