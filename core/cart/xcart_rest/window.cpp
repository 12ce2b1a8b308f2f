#include "core/cart/xcart_rest/window.h"

namespace stocktray::cart::xcart_rest {

Sold sold_of(const std::vector<Order>& orders, const std::string& sku, const Place& place,
             WallTime looked_at) {
    Sold sold;
    for (const Order& order : orders)
        for (const OrderLine& line : order.lines) {
            if (line.sku == sku) {
                sold.pieces += line.taken;
                if (line.taken != 0 && order.date <= looked_at) sold.is_certain = false;
            } else if (!place.variant && line.product == place.product && line.product != 0) {
                // A variant that shares its product's stock draws on it under a SKU of its own.
                sold.is_certain = false;
            }
        }
    return sold;
}

Outcome judge(Written written, const Looks& looks, const Sold& sold) noexcept {
    if (!sold.is_certain) return Outcome::unclear;
    const std::int64_t due = looks.target - sold.pieces;
    // A sale that was overwritten leaves the target, one that overwrote us leaves the count before less the
    // sale: only a sale behind the write leaves this.
    if (due >= 0 && looks.after == due && looks.after != looks.before) return Outcome::applied;
    if (written != Written::said_no) return Outcome::unclear;
    return sold.pieces == 0 && looks.after == looks.before ? Outcome::refused : Outcome::unclear;
}

}  // namespace stocktray::cart::xcart_rest
