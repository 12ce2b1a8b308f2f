// How posts come to be and move from state to state. Every move goes through the table and is told.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/inventory/quantity.h"
#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post.h"
#include "core/stack/post_transitions.h"
#include "core/store/store.h"

namespace stocktray::stack {

// The listings of a cart that have moved since somebody began to watch: a post of theirs, or their item's book.
class Touched {
public:
    // `only`: those that are watched, in order; empty: all of the cart, at a bit each.
    explicit Touched(CartKey cart, std::vector<ListingKey> only) noexcept : cart_{cart}, only_{std::move(only)} {}

    [[nodiscard]] bool has(ListingKey listing) const {
        const auto at = place_of(listing);
        return at && *at < touched_.size() && touched_[*at];
    }
    void add(CartKey cart, ListingKey listing);

private:
    [[nodiscard]] std::optional<std::size_t> place_of(ListingKey listing) const;

    CartKey cart_;
    std::vector<ListingKey> only_;
    std::vector<bool> touched_;
};

class PostQueue {
public:
    PostQueue(store::Store& store, CartBoard& board, Journal& journal) noexcept
        : store_{store}, board_{board}, journal_{journal} {}

    // Can a difference be queued for the listing without leaving the range of quantities?
    [[nodiscard]] bool has_room(ListingKey listing, inventory::Delta delta) const;
    // Queues a difference; it is added up in the listing's queued post if that was never sent. `left` is what
    // the listing will hold after it: few pieces go first, unless it is a job's.
    enum class Errand { change, job };
    void add(CartState& cart, const store::Listing& listing, inventory::Delta delta, inventory::Quantity left, Now now,
             Errand errand = Errand::change);

    // Moves the post through the table, writes it and tells it. False where the table has no row (a late
    // answer to a post that has ended otherwise): nothing happens then.
    bool move(CartState& cart, Post& post, On on, Now now);
    // From now on, for as long as somebody holds it, everything that moves at the cart (or at those listings of it)
    // leaves a trace: what was read of a listing meanwhile is worth nothing.
    [[nodiscard]] std::shared_ptr<const Touched> watch(CartKey cart, std::vector<ListingKey> only = {});
    // The item's book has moved: so have all its listings.
    void touch_item(ItemKey item);

    // The cart was turned off: no post that is queued now is sent any more. They are folded slice by slice (`fold_some`);
    // that it is under way stands in `store::Cart::fold_to`.
    void fold_all(CartState& cart);
    void fold_some(CartState& cart, std::int64_t most, Now now);

    // The notice of the SKU that a person has to decide goes once no post of any of its listings waits for one.
    void clear_decision(const CartState& cart, ListingKey listing, const std::string& sku);

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
