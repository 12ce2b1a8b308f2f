// How posts come to be and move from state to state. Every move goes through the table and is told.
#pragma once
#include <map>
#include <optional>

#include "core/inventory/quantity.h"
#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post.h"
#include "core/stack/post_transitions.h"
#include "core/store/store.h"

namespace stocktray::stack {

class PostQueue {
public:
    PostQueue(store::Store& store, CartBoard& board, Journal& journal) noexcept
        : store_{store}, board_{board}, journal_{journal} {}

    // Can a difference be queued for the listing without leaving the range of quantities?
    [[nodiscard]] bool has_room(ListingKey listing, inventory::Delta delta) const;
    // Queues a difference; it is added up in the listing's queued post if that was never sent. `left` is what
    // the listing will hold after it: few pieces go first.
    void add(CartState& cart, const store::Listing& listing, inventory::Delta delta, inventory::Quantity left, Now now);

    // Moves the post through the table, writes it and tells it. False where the table has no row (a late
    // answer to a post that has ended otherwise): nothing happens then.
    bool move(CartState& cart, Post& post, On on, Now now);
    // From now on, until `forget_watched`, every post of the listing that is added or moves leaves a trace: a
    // read that was under way meanwhile is worth nothing.
    void watch(ListingKey listing) { watched_[listing] = false; }
    [[nodiscard]] bool was_touched(ListingKey listing) const {
        const auto found = watched_.find(listing);
        return found != watched_.end() && found->second;
    }
    void forget_watched(ListingKey listing) { watched_.erase(listing); }

    // An uncertain post stops holding up its listing. It keeps its name and its proposal.
    void park(CartState& cart, Post& post);

private:
    void touch(ListingKey listing) {
        if (const auto found = watched_.find(listing); found != watched_.end()) found->second = true;
    }

    store::Store& store_;
    CartBoard& board_;
    Journal& journal_;
    std::map<ListingKey, bool> watched_;  // in memory: a rolled back touch only makes a read be done again
};

}  // namespace stocktray::stack
