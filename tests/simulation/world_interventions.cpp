// What people do to carts, posts and jobs while everything goes on.
#include <fmt/format.h>
#include <algorithm>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

using namespace std::chrono_literals;

namespace {

constexpr Milliseconds longest_change = 3h;  // then it is taken back

}  // namespace

void World::intervene() {
    Site& site = *sites_[random_.below(sites_.size())];
    ++sums_.interventions;
    switch (random_.below(6)) {
        case 0: return turn_off(site);
        case 1: return change_buffer(site);
        case 2: return exclude(site, any_sku());
        case 3: return pause(site);
        case 4: return cancel_post(site);
        default: return cancel_job(site);
    }
}

bool World::update(const Site& site, const std::function<void(cart::CartConfig&)>& change) {
    Result<void> done;
    const auto turned = turn([&] {
        auto config = controller_->board.find(site.id)->config();
        change(config);
        done = controller_->switching.update(config, sync::SameStore::yes, sync::Credentials::unchanged, now_);
    });
    return turned == Turned::yes && done;
}

// What people change for a while they take back, also where an old copy of the folder has it and they had taken it back before.
void World::take_back_later(Site& site) {
    const auto later = 1min + Milliseconds{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(longest_change.count())))};
    at(later, [this, &site] {
        const auto as_before = [](auto& config) {
            config.synchronize_inventory = true;
            config.exclude.clear();
        };
        Result<std::int64_t> resumed;
        const auto turned = turn([&] { resumed = controller_->interventions.resume({.cart = site.id}, now_); });
        if (turned == Turned::died || !resumed || !update(site, as_before)) return take_back_later(site);
        note(site.id + ": a person has taken back what was changed for a while");
    });
}

// Changes made for the SKU now do not go there.
bool World::is_posted(const Site& site, const std::string& sku) const {
    const auto& config = controller_->board.find(site.id)->config();
    return config.synchronize_inventory && !config.exclude.contains(sku);
}

// What was never sent is not sent any more, and changes made meanwhile stay here; both are named afterwards.
void World::turn_off(Site& site) {
    const auto* cart = controller_->board.find(site.id);
    const auto unfinished = store_->posts.unfinished(cart->cart.key);
    const bool changes_buffer = cart->cart.buffer_change.has_value();
    if (!update(site, [](auto& config) { config.synchronize_inventory = false; })) return;
    note(site.id + ": a person turns it off");
    expect_differences(site, unfinished);
    if (changes_buffer) expect_all(site);
    take_back_later(site);
}

void World::exclude(Site& site, const std::string& sku) {
    if (!update(site, [&](auto& config) { config.exclude.insert(sku); })) return;
    note(fmt::format("{}: a person excludes {}", site.id, sku));
    site.may_differ.insert(sku);
    take_back_later(site);
}

// Of a cart that is off nobody knows what is left of the old buffer.
void World::change_buffer(Site& site) {
    const auto buffer = static_cast<std::int64_t>(random_.below(4));
    if (!update(site, [&](auto& config) { config.buffer = buffer; })) return;
    note(fmt::format("{}: its buffer is {} now", site.id, buffer));
    site.buffer = buffer;
    if (!controller_->board.find(site.id)->config().synchronize_inventory) expect_all(site);
}

void World::pause(Site& site) {
    Result<std::int64_t> done;
    if (turn([&] { done = controller_->interventions.pause({.cart = site.id}, {}, now_); }) == Turned::died || !done) return;
    note(site.id + ": a person lets it pause");
    take_back_later(site);
}

// Its difference is missing there from now on, and is named.
void World::cancel_post(Site& site) {
    const auto posts = store_->posts.unfinished(controller_->board.find(site.id)->cart.key);
    if (posts.empty()) return;
    const auto& post = posts[random_.below(posts.size())];
    Result<std::int64_t> cancelled;
    (void)turn([&] { cancelled = controller_->interventions.cancel({.posts = {post.id}}, "a mistake", now_); });
    if (!cancelled) return;
    note(fmt::format("{}: a person cancels post {}", site.id, post.id));
    expect_differences(site, {post});
}

// What it has sent stays sent.
void World::cancel_job(Site& site) {
    for (const auto& job : store_->jobs.list(controller_->board.find(site.id)->cart.key, std::nullopt, 1)) {
        Result<void> cancelled;
        (void)turn([&] { cancelled = controller_->jobs.cancel(job.id, now_); });
        if (cancelled) note(fmt::format("{}: a person cancels job {}", site.id, job.id));
    }
}

// An old copy has the settings of then.
void World::remember_settings(Site& site) {
    const auto& cart = *controller_->board.find(site.id);
    site.buffer = cart.config().buffer;
    if (!cart.config().synchronize_inventory || !cart.config().exclude.empty() || cart.cart.is_paused) take_back_later(site);
}

}  // namespace stocktray::simulation
