#include "agent/at_store_view.h"

#include <fmt/format.h>

#include "core/sync/scales.h"

namespace stocktray::agent {
namespace {

bool is_not_tracked(const store::Listing& listing) { return listing.word == cart::CountWord::not_tracked; }

// What the store said last is a count, or that it keeps none.
bool is_told(const store::Listing& listing) {
    if (is_not_tracked(listing)) return true;
    return listing.store_qoh && listing.word.value_or(cart::CountWord::count) == cart::CountWord::count;
}

// Of an item that the store sells under several SKUs, the first that it lists stands for all.
bool stands_for_item(Desk& desk, const stack::CartState& cart, const std::string& om_sku, const std::string& store_sku) {
    for (const auto& name : cart::listings_of(cart.config(), om_sku)) {
        if (name == store_sku) return true;
        if (const auto other = desk.controller.store.listings.find(cart.cart.key, name); other && is_told(*other)) return false;
    }
    return true;
}

std::int64_t not_imported(Desk& desk, const stack::CartState& cart, const store::Listing& listing, const std::optional<store::Item>& item) {
    if (cart.cart.imports == 0) return 0;
    if (item) {
        const auto waits = desk.controller.scales.waits_for_import(cart, listing.store_sku, *item, {}, sync::Orders::imported);
        return waits ? waits->pieces : 0;
    }
    const auto& orders = desk.controller.store.orders;
    std::vector<cart::HeldByOrder> held;
    for (const auto& line : orders.lines_of(cart.cart.key, listing.store_sku)) held.push_back({line.order, line.qty});
    return sync::not_imported(held, orders.takings_of(cart.cart.key, listing.store_sku)).pieces;
}

}  // namespace

ipc::Expected<ipc::qoh::AtStoreResult> list_at_store(Desk& desk, const ipc::qoh::AtStore& request) {
    auto& store = desk.controller.store;
    const auto* cart = desk.controller.board.find(request.cart);
    if (cart == nullptr) return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", request.cart));
    ipc::qoh::AtStoreResult result;
    result.listed = cart->cart.listed;
    if (const auto oldest = store.pulls.list(1); !oldest.empty()) {
        result.open_get = store.pulls.count();
        result.open_job = oldest.front().job;
    }
    if (auto consumer = store.pulls.consumer(); !consumer.empty()) result.consumer = std::move(consumer);
    const auto rows = store.listings.compare(cart->cart.key, request.after.value_or(""), request.limit);
    for (const auto& row : rows) {
        const auto& listing = row.listing;
        const auto om_sku = cart::om_sku_of(cart->config(), listing.store_sku);
        if (!om_sku || !is_told(listing) || !stands_for_item(desk, *cart, *om_sku, listing.store_sku)) continue;
        const auto item = listing.item ? store.items.get(*listing.item) : std::nullopt;
        auto& view = result.items.emplace_back();
        view.sku = item ? item->sku : *om_sku;
        view.store_sku = listing.store_sku;
        view.known = item.has_value();
        view.tracked = !is_not_tracked(listing) && (!item || item->is_tracked);
        view.store_qoh = listing.store_qoh;
        if (!view.tracked) continue;
        std::int64_t on_its_way = 0;
        for (const auto& post : store.posts.waiting_of(listing.key)) on_its_way += post.delta.pieces;
        view.qoh = *listing.store_qoh + on_its_way + not_imported(desk, *cart, listing, item) +
                   cart->target_rule(view.sku).buffer;
    }
    if (std::ssize(rows) == request.limit) result.next = rows.back().listing.store_sku;
    return result;
}

}  // namespace stocktray::agent
