// What must hold after every step, and at rest.
#include <fmt/format.h>
#include <algorithm>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

// --- the laws --------------------------------------------------------------------------------------------

void World::check_notices() {
    for (const auto& notice : controller_->take_notices()) {
        const auto* post = std::get_if<PostNotice>(&notice);
        if (post == nullptr) continue;
        const auto id = post->post.post.id;
        // Law 4: what is called confirmed was applied, what is called rejected was not.
        if (post->news == PostNews::confirmed && applied_[id] != 1 && !undone_.contains(id))
            broken("law 4", fmt::format("post {} is called confirmed and was applied {} times", id, applied_[id]));
        if (post->news == PostNews::rejected) ++sums_.rejected;
        if (post->news == PostNews::rejected && applied_[id] != 0)
            broken("law 4", fmt::format("post {} is called rejected and was applied", id));
        if (is_traced_) note(fmt::format("post {} ({:+} of {} at {}) is {}", id, post->post.post.delta.pieces, post->post.sku, post->post.cart,
                                         stack::to_string(post->post.post.state)));
    }
}

void World::check_asks(const stack::Ask& ask, const std::vector<stack::PostId>& posts) {
    const auto* update = std::get_if<stack::AskUpdate>(&ask.what);
    const auto* batch = std::get_if<stack::AskBatch>(&ask.what);
    if (update == nullptr && batch == nullptr) return;
    const bool is_repeat = update != nullptr ? update->sending == cart::Sending::repeat : batch->sending == cart::Sending::repeat;
    for (const auto id : posts) {
        const auto post = store_->posts.get(id);
        // Law 3: one at a time, and in order.
        if (const auto other = out_.find(post->listing); other != out_.end() && other->second != id)
            broken("law 3", fmt::format("post {} leaves while post {} of the same listing is out", id, other->second));
        out_[post->listing] = id;
        // What a person sends again goes behind what is out and may be repeated.
        for (const auto& other : store_->posts.waiting_of(post->listing))
            if (other.id < id && !is_repeat) broken("law 3", fmt::format("post {} leaves before post {} of the same listing", id, other.id));
        // Law 2: what may have been applied goes out again only where the store remembers its key.
        if (!is_repeat && applied_[id] > 0) broken("law 2", fmt::format("post {} was applied and is sent as a new one", id));
        if (is_traced_) note(fmt::format("post {} ({:+}) leaves{}", id, post->delta.pieces, is_repeat ? " again under its key" : ""));
    }
}

bool World::rests() {
    if (!to_tell_.empty()) return false;
    for (const auto& cart : controller_->board.all())
        if (store_->posts.counts(cart->cart.key).unconfirmed() > 0) return false;
    return true;
}

// For whoever has to find out why a count is not as it should be.
void World::tell_the_end() {
    for (const auto& cart : controller_->board.all()) {
        const auto complete = cart->cart.import_complete;
        note(fmt::format("{}: import {}", cart->id(), !complete ? "without lines" : *complete ? "complete" : "incomplete"));
        for (const auto& job : store_->jobs.list(cart->cart.key, std::nullopt, 20)) {
            note(fmt::format("{}: job {}, {}, {} {}", cart->id(), job.id, to_string(job.kind), to_string(job.state), job.message));
            for (const auto& sku : skus_)
                if (const auto line = store_->jobs.item(job.id, sku))
                    note(fmt::format("    {}: {:+}, {}: {}", sku, line->delta, to_string(line->result), line->text));
        }
        for (const auto& sku : skus_)
            if (const auto listing = store_->listings.find(cart->cart.key, sku))
                note(fmt::format("    {}: {}, the Order Manager has {}{}", sku, listing->is_aligned ? "aligned" : "unaligned",
                                 store_->items.find(sku)->qoh.pieces, store_->items.find(sku)->needs_retake ? ", to be counted again" : ""));
    }
}

void World::check_rest() {
    if (is_traced_) tell_the_end();
    for (const auto& [sku, count] : qoh_) {
        const auto item = store_->items.find(sku);
        if (!item || item->qoh.pieces != count)
            broken("law 1", fmt::format("the book of {} has {}, the Order Manager {}", sku, item ? item->qoh.pieces : 0, count));
        for (const auto& site : sites_) {
            if (site->store.counts().at(sku) != due(*site, sku))
                broken("law 6", fmt::format("{} has {} of {} at rest where {} are due", site->id, site->store.counts().at(sku), sku,
                                            due(*site, sku)));
        }
    }
}

void World::broken(const std::string& law, const std::string& what) {
    throw Broken{fmt::format("seed {}, {}: {}", seed_, law, what)};
}

void World::note(std::string line) {
    if (!is_traced_) return;
    trace_.push_back(fmt::format("{:>12} {}", now_.steady.time_since_epoch().count(), line));
}

}  // namespace stocktray::simulation
