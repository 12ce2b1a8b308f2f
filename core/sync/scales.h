// What the count of a listing means: what is missing there (its gap), and when nothing can be concluded from it.
#pragma once
#include <optional>
#include <string_view>

#include "core/cart/cart_client.h"
#include "core/inventory/listing.h"
#include "core/stack/cart_board.h"
#include "core/stack/exchanges.h"
#include "core/store/store.h"
#include "core/sync/quiet_round.h"

namespace stocktray::sync {

// Pieces that web orders hold and that the Order Manager has not taken from its QOH: per order, what is held
// beyond what was taken. `held` by order number, `taken` likewise. Pure.
[[nodiscard]] inventory::Delta not_imported(const std::vector<cart::HeldByOrder>& held,
                                            const std::vector<store::OrderTaking>& taken);

// Why nothing can be concluded of a listing at this moment.
enum class Unquiet {
    no_baseline,   // the Order Manager has not told its count
    retake,        // it has to count it again: it changed while the snapshot was taken
    open_get,      // the Order Manager has to take over what Get QOH found
    under_way,     // posts are queued, being sent or being verified
    settling,      // a post is in doubt, and the store has not been good for long enough
    unclear_line,  // an order line does not say which of the SKU's listings it holds
};
// A sentence for a person.
[[nodiscard]] std::string_view in_words(Unquiet unquiet) noexcept;

// What a look at a listing shows.
struct Evidence {
    store::Listing listing;
    store::Item item;
    std::int64_t count{0};           // at the store
    inventory::Delta not_imported;
    inventory::Delta gap;            // what is missing at the store
    std::int64_t open{0};            // pieces in unfinished orders; 0 where nobody tells
    std::int64_t back{0};            // pieces given back lately
};

class Scales {
public:
    Scales(store::Store& store, stack::CartBoard& board, const stack::Exchanges& exchanges) noexcept
        : store_{store}, board_{board}, exchanges_{exchanges} {}

    [[nodiscard]] std::optional<Unquiet> unquiet(const stack::CartState& cart, const store::Listing& listing,
                                                 const store::Item& item, Now now) const;

    // Pieces of the listing in web orders that are not imported: of those that hold `held` there and, unless the
    // connector has named these, of those that imports told. None if it is open which of the SKU's listings they are about.
    [[nodiscard]] std::optional<inventory::Delta> waits_for_import(const stack::CartState& cart, const std::string& store_sku,
                                                                   const store::Item& item,
                                                                   std::vector<cart::HeldByOrder> held, Orders orders) const;

    // The gap that the look shows. None if an order leaves open which listing it is about.
    [[nodiscard]] std::optional<Evidence> weigh(const stack::CartState& cart, const store::Listing& listing,
                                                const store::Item& item, const cart::SkuMoves& look,
                                                Orders orders) const;

    // What a quiet read of the listing showed; none if it is not to be trusted: the two looks differ, something
    // moved meanwhile, or nothing can be concluded now.
    [[nodiscard]] std::optional<Evidence> conclude(const stack::CartState& cart, const QuietRound& round,
                                                   const QuietRound::Watched& watched, Now now) const;

    // What the round asks now; none in its pause and at its end. A connector is also asked for the orders that hold pieces which were
    // not taken, however old they are. It takes so many of them at once: listings whose orders are too many for this question
    // are left out of it, and stay without a look.
    [[nodiscard]] std::optional<stack::What> question(const stack::CartState& cart, const QuietRound& round) const;

private:
    store::Store& store_;
    stack::CartBoard& board_;
    const stack::Exchanges& exchanges_;
};

}  // namespace stocktray::sync
