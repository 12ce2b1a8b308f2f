// The agent's lives: on a disk that loses what was not synced, and in a folder that may be put back from a copy.
#include <fmt/format.h>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

namespace {

constexpr const char* database = "stocktray.db";

}  // namespace

// As a new agent makes it, once for all days.
const MemoryDisk::Image& World::new_database() {
    static const MemoryDisk::Image image = [this] {
        disk_.prepare(database);
        if (auto made = store::Store::open(database); !made) broken("set-up", made.error().message);
        return disk_.image();
    }();
    return image;
}

void World::open_store() {
    if (life_ == 0) disk_.put_back(new_database());
    auto opened = store::Store::open(database);
    if (!opened) broken("law 1", opened.error().message);
    store_ = std::make_unique<store::Store>(std::move(*opened));
}

void World::begin_life(bool is_first) {
    ++life_;
    controller_ = std::make_unique<Controller>(*store_, Controller::Times{}, Random{seed_ * 31 + static_cast<std::uint64_t>(life_)});
    auto trouble = store::Trouble::none;
    const auto made = store_->turn(now_, [&] {
        if (is_first)
            store_->identity.create({agent_id, "incarnation-0001", "machine", 0, 1, now_.wall, now_.steady, store::Trouble::none});
        else if (store_->identity.get().commits < marker_)
            trouble = store::Trouble::restored;
    });
    if (!made) broken("law 1", made.error().message);
    if (auto started = controller_->start(trouble, "machine", now_); !started) broken("law 1", started.error().message);
    marker_ = store_->last_commit();
    check_notices();
    collect();
}

// What was committed stays; whatever was out is heard by nobody. A dead process closes nothing in order.
void World::crash() {
    note("the agent dies");
    ++sums_.crashes;
    out_.clear();
    controller_.reset();
    disk_.cut_power_after(0);
    store_.reset();
    disk_.come_back(random_);
    open_store();
    if (const auto commits = store_->identity.get().commits; commits < marker_)
        broken("law 1", fmt::format("{} commits are gone", marker_ - commits));
    begin_life(false);
}

World::Turned World::turn(const std::function<void()>& work) {
    ++sums_.turns;
    if (auto done = controller_->turn(now_, stack::Sendings::allowed, work); !done) {
        if (disk_.has_power()) broken("law 1", done.error().message);
        note("the power goes");
        crash();
        return Turned::died;
    }
    marker_ = store_->last_commit();
    check_notices();
    collect();
    store_->tidy();
    if (disk_.has_power()) return Turned::yes;
    note("the power goes behind a commit");
    crash();
    return Turned::yes;
}

void World::back_up() {
    stack::PostId last = backup_ ? backup_->last_post : 0;
    for (const auto& post : store_->posts.list({.after = last, .limit = 1'000'000})) last = std::max(last, post.post.id);
    backup_ = Backup{disk_.image(), last};
}

// Somebody puts the folder back as it was some hours ago. What the agent has done since, it does not know; stores and Order
// Manager do.
void World::put_back() {
    if (!backup_) return;
    note(fmt::format("the agent's folder is put back; it knows posts up to {}", backup_->last_post));
    ++sums_.restored;
    out_.clear();
    controller_.reset();
    disk_.cut_power_after(0);
    store_.reset();
    disk_.come_back(random_);
    disk_.put_back(backup_->image);
    remembered_.push_back(backup_->last_post);
    std::erase_if(applied_, [&](const auto& entry) { return entry.first > backup_->last_post; });
    std::erase_if(under_way_, [&](const auto& entry) { return entry.first > backup_->last_post; });
    std::erase_if(undone_, [&](auto post) { return post > backup_->last_post; });
    for (const auto& site : sites_) {
        std::erase_if(site->applied_since, [&](auto post) { return post > backup_->last_post; });
        expect_all(*site);  // whatever was told, sent and taken back since
    }
    must_count_ = true;
    open_store();
    begin_life(false);
    for (const auto& site : sites_) remember_settings(*site);
}

void World::count_under_way(const Errand& errand, int more) {
    for (const auto post : errand.posts)
        if (is_remembered(errand, post)) under_way_[post] += more;
}

bool World::is_remembered(const Errand& errand, stack::PostId post) const {
    for (auto n = static_cast<std::size_t>(errand.memory); n < remembered_.size(); ++n)
        if (post > remembered_[n]) return false;
    return true;
}

}  // namespace stocktray::simulation
