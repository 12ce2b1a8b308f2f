// A count that differs from what it should be, with nothing in doubt: sent again where it is proven that the store
// lost a change, named everywhere else.
#pragma once
#include <string>

#include "core/jobs/job.h"
#include "core/journal.h"
#include "core/stack/cart_board.h"
#include "core/store/store.h"
#include "core/sync/door.h"
#include "core/sync/scales.h"

namespace stocktray::sync {

enum class Repaired {
    sent,     // the missing difference is on its way
    person,   // it was repaired a short while ago: a person looks
    named,    // it cannot be proven that the store lost a change
    held,     // a person has undone a job here, or cancelled a post: the difference is meant
    ignored,  // a person does not want to hear of it
};

class Repairs {
public:
    Repairs(store::Store& store, const stack::CartBoard& board, Door& door, Journal& journal) noexcept
        : store_{store}, board_{board}, door_{door}, journal_{journal} {}

    // `evidence`: of a quiet read, with a gap. Repairs by itself only where the connector sees all orders, none of
    // them is unfinished and nothing was given back lately, at most once a day per listing.
    [[nodiscard]] Repaired repair(stack::CartState& cart, const Evidence& evidence, Orders orders, Now now);
    // What `repair` would answer; changes nothing.
    [[nodiscard]] Repaired verdict(const stack::CartState& cart, const Evidence& evidence, Orders orders, Now now) const;
    // Tells people of one SKU's difference.
    void name(const stack::CartState& cart, const Evidence& evidence, Orders orders, Now now);

    // The same of a difference that Get QOH had found, with posts in doubt, and that is not taken over:
    // `count` at the store then, where the Order Manager was to add `delta`.
    void name_left(const stack::CartState& cart, const store::Listing& listing, const std::string& sku,
                   std::int64_t count, std::int64_t delta, Now now);

    // Why the counts are as they are, as far as it shows.
    [[nodiscard]] jobs::Cause cause_of(const stack::CartState& cart, const Evidence& evidence, Orders orders) const;

private:
    store::Store& store_;
    const stack::CartBoard& board_;
    Door& door_;
    Journal& journal_;
};

}  // namespace stocktray::sync
