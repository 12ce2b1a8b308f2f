// How posts come to be and move from state to state. Every move goes through the table and is told.
#pragma once
#include <memory>
#include <unordered_set>
#include <vector>

#include "core/inventory/quantity.h"
#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post.h"
#include "core/stack/post_transitions.h"
#include "core/store/store.h"

namespace stocktray::stack {

// The listings of a cart whose posts have moved since somebody began to watch.
class Touched {
public:
    explicit Touched(CartKey cart) noexcept : cart_{cart} {}

    [[nodiscard]] bool has(ListingKey listing) const { return is_full_ || listings_.contains(listing); }
    void add(CartKey cart, ListingKey listing);

private:
    static constexpr std::size_t most = 100'000;  // beyond it a read of this cart cannot be trusted at all

    CartKey cart_;
    std::unordered_set<ListingKey> listings_;
    bool is_full_{false};
};

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
    // From now on, for as long as somebody holds it, every post of the cart that is added or moves leaves a trace:
    // what was read of its listing meanwhile is worth nothing.
    [[nodiscard]] std::shared_ptr<const Touched> watch(CartKey cart);

    // An uncertain post stops holding up its listing. It keeps its name and its proposal.
    void park(CartState& cart, Post& post);

private:
    void touch(CartKey cart, ListingKey listing);

    store::Store& store_;
    CartBoard& board_;
    Journal& journal_;
    std::vector<std::weak_ptr<Touched>> watches_;  // in memory: a rolled back touch only makes a read be done again
};

}  // namespace stocktray::stack
