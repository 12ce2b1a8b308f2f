// What happens at the stores. Products are taken out of sale, counts are changed by hand; and a database is put back from a backup of some
// hours ago: orders, counts and keys since are gone there, and the Order Manager and the agent know of them.
#include <fmt/format.h>
#include <algorithm>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

using namespace std::chrono_literals;

// For some hours; changes meanwhile are refused for good, and a person sends them again once it is there.
void World::hide_product(Site& site) {
    const auto sku = skus_[random_.below(skus_.size())];
    if (site.store.is_hidden(sku)) return;
    note(fmt::format("{}: {} is out of sale", site.id, sku));
    site.store.hide(sku);
    constexpr Milliseconds most = 4h;
    const auto time = 1min + Milliseconds{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count())))};
    for (int n = 0; n < 2; ++n) at(time * n / 2 + 1s, [this, sku] { change_of_order_manager(sku); });
    at(time, [this, &site, sku] {
        note(fmt::format("{}: {} is on sale again", site.id, sku));
        site.store.show(sku);
    });
}

void World::correct_by_hand(Site& site) {
    const auto& sku = skus_[random_.below(skus_.size())];
    const auto more = static_cast<std::int64_t>(random_.below(9)) - 4;
    note(fmt::format("{}: somebody changes {} by {:+}", site.id, sku, more));
    site.store.correct(sku, more);
    site.may_differ.insert(sku);
}

void World::back_up(Site& site) {
    site.backup = site.store;
    site.applied_since.clear();
}

// Its owner sees to it that no number is given to a second order, and enters again what the Order Manager knows of the old ones.
void World::put_back(Site& site) {
    if (!site.backup) return;
    note(fmt::format("{}: its database is put back", site.id));
    ++sums_.stores_restored;
    const auto before = std::exchange(site.store, *site.backup);
    site.store.script = before.script;  // a file, and no part of the database
    site.store.hide_what(before);
    site.store.number_orders_behind(before);
    for (const auto post : std::exchange(site.applied_since, {})) {
        applied_.erase(post);
        undone_.insert(post);
    }
    for (auto& order : site.store.orders()) {
        const auto known = std::ranges::find(before.orders(), order.number, &Order::number);
        order.is_imported = known->is_imported;
        if (known->is_imported && known->state == Order::State::cancelled) site.store.cancel(order, to_ms(now_.wall));
        if (known->is_imported && order.state == Order::State::placed) site.store.edit(order, known->pieces);
        // Whoever has paid since has to be asked; the shop gives the pieces of the others back.
        if (order.state == Order::State::unfinished && known->state != Order::State::unfinished) site.store.cancel(order, to_ms(now_.wall));
    }
    // What of ours is gone there, and the orders that are.
    for (const auto& [sku, count] : site.store.counts())
        if (count != before.counts().at(sku)) site.may_differ.insert(sku);
}

}  // namespace stocktray::simulation
