// Web orders: what they hold at the store, and what the Order Manager has taken from its QOH for them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/stack/post.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

struct OrderLine {
    std::string order;
    std::string sku;      // the Order Manager's
    std::string listing;  // the store SKU, where the SKU has several there; else empty
    std::int64_t qty{0};
    std::int64_t taken{0};
    WallTime reported_at{};
};

struct OrderTaking {
    std::string order;
    std::string listing;
    std::int64_t pieces{0};
};

struct IncompleteLine {
    std::string order;
    std::string sku;
};

class Orders {
public:
    explicit Orders(Database& database) noexcept : database_{database} {}

    // The order's lines in place of those reported before.
    void replace(stack::CartKey cart, std::string_view order, const std::vector<OrderLine>& lines);
    // An accepted change took `pieces` from the book because of this order.
    void take(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing,
              std::int64_t pieces, WallTime now);
    // Tracked lines for which accepted changes have taken less than the Order Manager says it took.
    [[nodiscard]] std::vector<IncompleteLine> incomplete(stack::CartKey cart) const;
    // Lines that have held nothing for long: all their pieces were taken, and nothing of their order was told since
    // `limit`. A younger one may still be edited, or its pieces given back.
    void forget_taken(stack::CartKey cart, WallTime limit);
    // All that was reported; what changes took stays.
    void forget_lines(stack::CartKey cart);
    // And that, too: another shop's orders have the same numbers.
    void forget_all(stack::CartKey cart);
    // Pieces that the cart's orders hold and that were not taken.
    [[nodiscard]] std::int64_t not_taken(stack::CartKey cart) const;
    // Of the lines that hold pieces which were not taken those that nobody has told anything of since `limit`: how many, and the first
    // of them.
    [[nodiscard]] std::pair<std::int64_t, std::vector<IncompleteLine>> waiting_since(stack::CartKey cart, WallTime limit,
                                                                                     std::int64_t most) const;
    // Orders that hold more of the SKU than was taken for them: they are looked at however old they are.
    [[nodiscard]] std::vector<std::string> open_orders(stack::CartKey cart, std::string_view sku) const;
    // Lines and takings of one SKU at one cart.
    [[nodiscard]] std::vector<OrderLine> lines_of(stack::CartKey cart, std::string_view sku) const;
    [[nodiscard]] std::vector<OrderTaking> takings_of(stack::CartKey cart, std::string_view sku) const;

private:
    // What of the SKU in that order is open now.
    void weigh(stack::CartKey cart, std::string_view order, std::string_view sku);
    void reopen(stack::CartKey cart, std::string_view order, std::string_view sku, std::string_view listing, WallTime now);

    Database& database_;
};

}  // namespace stocktray::store
