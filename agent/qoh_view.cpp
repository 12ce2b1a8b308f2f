#include "agent/qoh_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/sync/door.h"

namespace stocktray::agent {
namespace {

constexpr std::int64_t most_looked_at = 1'000;  // SKUs, by one call

ipc::qoh::Listing listing_of(Desk& desk, const stack::CartState& cart, const store::Item& item,
                             const std::string& store_sku) {
    auto& store = desk.controller.store;
    ipc::qoh::Listing view;
    view.cart = cart.id();
    view.store_sku = store_sku;
    const auto rule = cart.target_rule(item.sku);
    view.buffer = rule.buffer;
    if (item.is_tracked && item.has_baseline) view.target = inventory::target(item.qoh, rule).pieces;
    const auto listing = store.listings.find(cart.cart.key, store_sku);
    if (!listing) return view;
    view.store_qoh = listing->store_qoh;
    view.unaligned = !listing->is_aligned;
    if (listing->word == cart::CountWord::not_found) view.missing = true;
    if (listing->store_qoh_at) view.confirmed_at = to_ms(*listing->store_qoh_at);
    for (const auto& post : store.posts.waiting_of(listing->key)) view.queued_delta += post.delta.pieces;
    for (const auto& post : store.posts.stuck_of(listing->key))
        (post.is_parked ? view.parked_delta : view.rejected_delta) += post.delta.pieces;
    const auto waits = desk.controller.scales.waits_for_import(cart, store_sku, item, {}, sync::Orders::imported);
    if (cart.cart.imports > 0 && waits) view.not_imported = waits->pieces;
    if (view.target && view.store_qoh && waits)
        view.gap = inventory::gap(item.qoh, rule, {view.not_imported.value_or(0)}, {*view.store_qoh}).pieces;
    return view;
}

bool has_drift(const ipc::qoh::Item& item) {
    return std::ranges::any_of(item.listings, [](const auto& listing) {
        const bool is_gone = listing.target && listing.missing.value_or(false);
        return is_gone || listing.gap.value_or(0) - listing.queued_delta - listing.parked_delta != 0;
    });
}

}  // namespace

ipc::Expected<ipc::qoh::ListResult> list_qoh(Desk& desk, const ipc::qoh::List& request) {
    auto& controller = desk.controller;
    if (request.cart && controller.board.find(*request.cart) == nullptr)
        return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", *request.cart));
    ipc::qoh::ListResult result;
    const auto add = [&](const store::Item& item) {
        ipc::qoh::Item view;
        view.sku = item.sku;
        if (item.has_baseline) view.om_qoh = item.qoh.pieces;
        view.tracked = item.is_tracked;
        for (const auto& cart : controller.board.all()) {
            if (request.cart && cart->id() != *request.cart) continue;
            for (const auto& store_sku : cart::listings_of(cart->config(), item.sku))
                view.listings.push_back(listing_of(desk, *cart, item, store_sku));
        }
        if (!request.only_drift || has_drift(view)) result.items.push_back(std::move(view));
    };
    if (request.skus) {
        for (const auto& sku : *request.skus)
            if (const auto item = controller.store.items.find(sku)) add(*item);
        return result;
    }
    auto after = request.after.value_or("");
    // One call looks at no more SKUs than one page may hold, however few of them differ: nobody else waits for it.
    const auto most = request.only_drift ? most_looked_at : request.limit;
    const auto items = controller.store.items.list(after, most);
    for (const auto& item : items) {
        after = item.sku;
        add(item);
        if (std::ssize(result.items) == request.limit) break;
    }
    if (std::ssize(items) == most || (!items.empty() && items.back().sku != after)) result.next = after;
    return result;
}

}  // namespace stocktray::agent
