// Was a change applied, and no sale lost? Decided from what was seen before and behind the write: the store
// has no difference operation, so all there is are two looks at the count and the orders of that moment.
#pragma once
#include <cstdint>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/xcart_rest/memory.h"
#include "core/cart/xcart_rest/read_answer.h"

namespace stocktray::cart::xcart_rest {

// Orders this much older than the first look are looked at, too: the shop dates an order before it writes the
// count.
constexpr std::chrono::seconds window_margin{5};

// What the store said to the write.
enum class Written {
    said_yes,
    said_no,  // a whole answer that is not a yes: the request is over
    unknown,  // no whole answer, or an error of the server: it may still be worked off
};

struct Sold {
    std::int64_t pieces{0};  // of this very SKU, out of the stock
    // False: some may have been sold before the first look, or draw on another count.
    bool is_certain{true};
};
// What the orders of the window took of the SKU at `place`. `looked_at`: the first look, of which an order in
// the same second may have been seen or not.
[[nodiscard]] Sold sold_of(const std::vector<Order>& orders, const std::string& sku, const Place& place,
                           WallTime looked_at);

struct Looks {
    std::int64_t before{0};
    std::int64_t target{0};  // what was written; differs from `before`
    std::int64_t after{0};
};
// applied, refused (certainly not applied) or unclear; never rejected.
[[nodiscard]] Outcome judge(Written written, const Looks& looks, const Sold& sold) noexcept;

}  // namespace stocktray::cart::xcart_rest
