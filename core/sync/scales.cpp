#include "core/sync/scales.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/inventory/order_number.h"

namespace stocktray::sync {

using inventory::Delta;

Delta not_imported(const std::vector<cart::HeldByOrder>& held, const std::vector<store::OrderTaking>& taken) {
    std::map<std::string, std::int64_t> open;
    for (const auto& [order, pieces] : held) open[order] += pieces;
    for (const auto& taking : taken)
        if (const auto found = open.find(taking.order); found != open.end()) found->second -= taking.pieces;
    Delta sum{0};
    for (const auto& [order, pieces] : open) sum.pieces += std::max<std::int64_t>(0, pieces);
    return sum;
}

namespace {

constexpr std::size_t most_orders = 1'000;  // that a connector takes in one question

// Of one order that holds a SKU which is sold under several here.
struct Share {
    bool is_here{false};       // this listing is in it
    std::int64_t held{0};      // by this listing
    std::int64_t taken{0};     // for this listing
    std::int64_t unnamed{0};   // pieces taken without a word for which of them
    std::int64_t others{0};    // held by the others and not taken for them
};

// Which listing the pieces without a word were taken for: is that open?
bool is_open(const Share& share, Orders orders) {
    const auto lack = share.held - share.taken;
    if (!share.is_here || share.unnamed == 0 || lack <= 0) return false;
    // The connector has told of this listing alone: all of it was taken, or nobody knows.
    if (orders == Orders::by_moves) return share.unnamed != lack;
    return share.others > 0 && share.unnamed < lack + share.others;
}

}  // namespace

std::string_view in_words(Unquiet unquiet) noexcept {
    switch (unquiet) {
        case Unquiet::no_baseline: return "The Order Manager has not told its count yet: send a snapshot.";
        case Unquiet::retake: return "It changed while the snapshot was taken: the Order Manager has to count it again.";
        case Unquiet::open_get: return "The Order Manager has not taken over yet what Get QOH found.";
        case Unquiet::under_way: return "Posts of it are under way.";
        case Unquiet::settling: return "A post of it is in doubt, and the store has not answered well for long enough.";
        case Unquiet::unclear_line: return "A web order does not say under which of its SKUs it was sold.";
    }
    return "";
}

std::optional<Unquiet> Scales::unquiet(const stack::CartState& cart, const store::Listing& listing,
                                       const store::Item& item, Now now) const {
    if (!item.has_baseline) return Unquiet::no_baseline;
    if (item.needs_retake) return Unquiet::retake;
    if (store_.pulls.is_open(listing.key)) return Unquiet::open_get;
    if (store_.posts.is_busy(listing.key)) return Unquiet::under_way;
    const auto stuck = store_.posts.stuck_of(listing.key);
    // A repeat that is still out may be applied after the read.
    if (std::ranges::any_of(stuck, [&](const auto& post) { return exchanges_.is_out(listing.cart, post.id); }))
        return Unquiet::under_way;
    // A request that hangs at the store may still be worked off.
    const auto settled_at = board_.settles_at(cart);
    const bool is_settled = settled_at && *settled_at <= now.steady;
    if (!is_settled && std::ranges::any_of(stuck, &stack::Post::is_parked)) return Unquiet::settling;
    return std::nullopt;
}

std::optional<Delta> Scales::waits_for_import(const stack::CartState& cart, const std::string& store_sku,
                                              const store::Item& item, std::vector<cart::HeldByOrder> held,
                                              Orders orders) const {
    const auto taken = store_.orders.takings_of(cart.cart.key, item.sku);
    const auto lines = orders == Orders::by_moves ? std::vector<store::OrderLine>{}
                                                  : store_.orders.lines_of(cart.cart.key, item.sku);
    if (cart::listings_of(cart.config(), item.sku).size() <= 1) {
        for (const auto& line : lines) held.push_back({line.order, line.qty});
        return not_imported(held, taken);
    }
    std::map<std::string, Share> shares;
    std::map<std::pair<std::string, std::string>, std::int64_t> elsewhere;  // by order and listing
    const auto hold = [&](const std::string& order, std::int64_t pieces) {
        shares[order].is_here = true;
        shares[order].held += pieces;
    };
    for (const auto& [order, pieces] : held) hold(order, pieces);
    for (const auto& line : lines) {
        if (line.listing.empty()) return std::nullopt;
        if (line.listing == store_sku) hold(line.order, line.qty);
        else elsewhere[{line.order, line.listing}] += line.qty;
    }
    for (const auto& taking : taken) {
        if (taking.listing.empty()) shares[taking.order].unnamed += taking.pieces;
        else if (taking.listing == store_sku) shares[taking.order].taken += taking.pieces;
        else elsewhere[{taking.order, taking.listing}] -= taking.pieces;
    }
    for (const auto& [where, lack] : elsewhere) shares[where.first].others += std::max<std::int64_t>(0, lack);
    Delta sum{0};
    for (const auto& [order, share] : shares) {
        if (is_open(share, orders)) return std::nullopt;
        if (share.is_here) sum.pieces += std::max<std::int64_t>(0, share.held - share.taken - share.unnamed);
    }
    return sum;
}

std::optional<Evidence> Scales::weigh(const stack::CartState& cart, const store::Listing& listing,
                                      const store::Item& item, const cart::SkuMoves& look, Orders orders) const {
    const auto waits = waits_for_import(cart, listing.store_sku, item, look.orders, orders);
    if (!waits) return std::nullopt;
    const auto count = look.count.qoh;
    return Evidence{listing, item, count, *waits, inventory::gap(item.qoh, cart.target_rule(item.sku), *waits, {count}),
                    look.open, look.back};
}

std::optional<Evidence> Scales::conclude(const stack::CartState& cart, const QuietRound& round,
                                         const QuietRound::Watched& watched, Now now) const {
    const auto* look = watched.agreed();
    if (look == nullptr || look->count.word != cart::CountWord::count || round.was_touched(watched.listing))
        return std::nullopt;
    // The count is of before an import, even an incomplete one, and the orders are of now.
    if (round.has_old_orders(cart.cart)) return std::nullopt;
    const auto listing = store_.listings.get(watched.listing);
    const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
    // Excluded or mapped elsewhere since: nothing of it is ours to send there.
    if (item && std::ranges::count(cart::listings_of(cart.config(), item->sku), listing->store_sku) == 0) return std::nullopt;
    if (!item || !item->is_tracked || item->book_version != watched.book_version || unquiet(cart, *listing, *item, now))
        return std::nullopt;
    return weigh(cart, *listing, *item, *look, round.steps().orders());
}

std::optional<stack::What> Scales::question(const stack::CartState& cart, const QuietRound& round) const {
    if (round.steps().orders() != Orders::by_moves || !round.steps().reads()) return round.question(cart.cart);
    std::set<std::string> orders;
    std::vector<std::string> skus;
    for (const auto& watched : round.watched()) {
        const auto listing = store_.listings.get(watched.listing);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        auto more = orders;
        // One with a name is not of this shop, and holds nothing there.
        if (item)
            for (auto& order : store_.orders.open_orders(cart.cart.key, item->sku))
                if (inventory::order_number(order)) more.insert(std::move(order));
        if (more.size() > most_orders) continue;
        orders = std::move(more);
        skus.push_back(watched.store_sku);
    }
    return stack::AskMoves{std::move(skus), cart.cart.order_floor, {orders.begin(), orders.end()}};
}

}  // namespace stocktray::sync
