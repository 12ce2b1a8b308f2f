// Settings of carts that people change while everything goes on.
#include <fmt/format.h>
#include <utility>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

using namespace std::chrono_literals;

void World::change_setting() {
    Site& site = *sites_[random_.below(sites_.size())];
    if (site.is_off) return;
    ++sums_.settings;
    random_.below(2) == 0 ? turn_off(site) : change_buffer(site);
}

bool World::update(Site& site, const std::function<void(cart::CartConfig&)>& change) {
    Result<void> done;
    const auto turned = turn([&] {
        auto config = controller_->board.find(site.id)->config();
        change(config);
        done = controller_->switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, now_);
    });
    return turned == Turned::yes && done;
}

// For minutes or hours. What was never sent is not sent any more, and changes made meanwhile stay here; both are named afterwards.
void World::turn_off(Site& site) {
    const auto* cart = controller_->board.find(site.id);
    const auto unfinished = store_->posts.unfinished(cart->cart.key);
    const bool changes_buffer = cart->cart.buffer_change.has_value();
    if (!update(site, [](auto& config) { config.synchronize_inventory = false; })) return;
    note(site.id + ": a person turns it off");
    site.is_off = true;
    expect_differences(site, unfinished);
    if (changes_buffer) expect_all(site);
    turn_on(site, Milliseconds{60'000 + static_cast<std::int64_t>(random_.below(3 * 3'600'000))});
}

void World::turn_on(Site& site, Milliseconds later) {
    at(later, [this, &site] {
        if (!update(site, [](auto& config) { config.synchronize_inventory = true; })) return turn_on(site, 1min);
        note(site.id + ": a person turns it on");
        site.is_off = false;
    });
}

void World::change_buffer(Site& site) {
    const auto buffer = static_cast<std::int64_t>(random_.below(4));
    if (!update(site, [&](auto& config) { config.buffer = buffer; })) return;
    note(fmt::format("{}: its buffer is {} now", site.id, buffer));
    site.buffer = buffer;
}

// An old copy has the settings of then.
void World::remember_settings(Site& site) {
    const auto& config = controller_->board.find(site.id)->config();
    site.buffer = config.buffer;
    const bool was_off = std::exchange(site.is_off, !config.synchronize_inventory);
    if (site.is_off && !was_off) turn_on(site, 10min);
}

}  // namespace stocktray::simulation
