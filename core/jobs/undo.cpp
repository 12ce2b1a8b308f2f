#include "core/jobs/undo.h"

#include <fmt/format.h>

#include "core/jobs/deeds.h"

namespace stocktray::jobs {

using inventory::Quantity;

namespace {

// Of posts that were not known to be applied when the line was made.
bool had_doubts(const JobItem& line) { return line.cause == Cause::uncertain || line.cause == Cause::rejected; }

void undo_send(Tools& tools, stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done,
               store::Listing listing, const std::optional<store::Item>& item, JobItem line, Now now) {
    if (line.before) line.after = *line.before + line.delta;
    const auto finish = [&](ItemResult result, std::string text) {
        line.result = result;
        line.text = std::move(text);
        if (result != ItemResult::ok && result != ItemResult::would_change) line.delta = 0;
        tools.store.jobs.put(line);
    };
    // What the store has refused is called off: tried once more, it would come on top of what is taken back, or be there after all.
    const auto call_off = [&](stack::PostId id) {
        auto refused = tools.store.posts.get(id);
        if (!refused || refused->state != stack::State::rejected || job.options.is_dry_run) return;
        tools.queue.move(cart, *refused, stack::On::cancelled, now);
        // As where a person cancels a post: its difference is no loss that an audit sends after all.
        if (item) listing.held_version = item->book_version;
        listing.unalign();
        tools.store.listings.save(listing);
        tools.queue.clear_decision(cart, listing.key, line.sku);
    };
    if (done.post) call_off(*done.post);
    for (const auto earlier : tools.store.jobs.posts_of_undos(undone.id, done.store_sku)) call_off(earlier);
    const auto post = done.post ? tools.store.posts.get(*done.post) : std::nullopt;
    if (post && (post->state == stack::State::folded || post->state == stack::State::cancelled ||
                 post->state == stack::State::rejected))
        return finish(ItemResult::skipped, "Its difference never reached the store.");
    if (post && post->state == stack::State::settled)
        return finish(ItemResult::error, fmt::format("Whether post {} was applied was never known; what was missing was settled "
                                                     "otherwise. Use Send or Get QOH for this SKU.",
                                                     post->id));
    const bool is_out = post && (post->state == stack::State::sending || (post->state == stack::State::queued && post->attempts > 0));
    if (post && (is_out || post->state == stack::State::uncertain))
        return finish(ItemResult::error, fmt::format("Post {} has not ended: it cannot be taken back before that. Start "
                                                     "undo again then.",
                                                     post->id));
    // Of a count that was replaced only the read-back tells.
    if (!done.post && done.result != ItemResult::ok)
        return finish(ItemResult::error,
                      "Whether the store took that count was never known. Use Send or Get QOH for this "
                      "SKU.");
    if (!Deeds::takes_differences(cart))
        return finish(ItemResult::error, "This script takes no differences: its counts cannot be taken back without "
                                         "overwriting what it sold since. Use Send QOH.");
    if (!tools.queue.has_room(listing.key, {line.delta}))
        return finish(ItemResult::error, "The difference would leave the range of ±2,000,000,000.");
    const auto how = fmt::format("{:+} as a difference: sales since then stay.", line.delta);
    if (job.options.is_dry_run) return finish(ItemResult::would_change, how);
    listing.held_version = item ? std::optional{item->book_version} : std::nullopt;
    tools.store.listings.save(listing);
    tools.queue.add(cart, listing, {line.delta}, Quantity{line.after.value_or(0)}, now, stack::PostQueue::Errand::job);
    if (const auto sent = tools.store.posts.unsent_of(listing.key)) {
        line.post = sent->id;
        line.stage = Stage::posted;
    }
    tools.journal.record({.at = now.wall, .kind = "undo", .by = job.options.by, .cart = cart.id(), .sku = line.sku,
                           .delta = line.delta,
                           .text = fmt::format("{} (job {}) is taken back: {:+} of {} is sent to {}.", in_words(undone.kind), undone.id,
                                               line.delta, line.sku, cart.config().name)});
    finish(ItemResult::ok, how);
}

// What the Order Manager has not been given is withdrawn, the rest is handed out the other way round.
void undo_get(Tools& tools, stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done,
              const store::Listing& listing, const std::optional<store::Item>& item, JobItem line, Now now) {
    const auto finish = [&](ItemResult result, std::string text) {
        line.result = result;
        line.text = std::move(text);
        if (result == ItemResult::skipped || result == ItemResult::error) line.delta = 0;
        tools.store.jobs.put(line);
    };
    const auto open = tools.store.pulls.of_listing(listing.key);
    const bool is_open = open && open->job == undone.id;
    if (done.result == ItemResult::skipped) return finish(ItemResult::skipped, "The Order Manager did not take it over.");
    if (job.options.is_dry_run)
        return finish(ItemResult::would_change, is_open ? "It is withdrawn, or handed out the other way round."
                                                        : fmt::format("The Order Manager is to change its count by {:+}.",
                                                                      line.delta));
    if (is_open && open->cursor > tools.store.pulls.given()) {
        tools.store.pulls.remove(open->cursor);
        auto withdrawn = done;
        withdrawn.stage = Stage::none;
        withdrawn.result = ItemResult::skipped;
        withdrawn.text += fmt::format(" Withdrawn by job {}.", job.id);
        tools.store.jobs.put(withdrawn);
        name_left(tools, *open, withdrawn, now);
        return finish(ItemResult::ok, "Withdrawn: the Order Manager had not been given it.");
    }
    if (is_open) {
        line.stage = Stage::handed_out;
        line.cause = Cause::in_flight;
        return finish(ItemResult::waiting, "The Order Manager has been given it; it is handed out the other way round when it "
                                           "has been taken over.");
    }
    if (open) return finish(ItemResult::error, std::string{sync::in_words(sync::Unquiet::open_get)});
    store::PullItem back{.sku = line.sku, .delta = line.delta, .qoh = item ? item->qoh.pieces + line.delta : 0,
                         .cart = cart.cart.key, .listing = listing.key, .job = job.id, .aligns = false, .takes_back = true};
    tools.store.pulls.add(back);
    line.stage = Stage::handed_out;
    line.cause = Cause::in_flight;
    tools.journal.record({.at = now.wall, .kind = "undo", .by = job.options.by, .cart = cart.id(), .sku = line.sku,
                           .delta = line.delta,
                           .text = fmt::format("Get QOH (job {}) is taken back: the Order Manager is to change {} by {:+}.",
                                               undone.id, line.sku, line.delta)});
    // Nothing is taken back before the Order Manager says so.
    finish(ItemResult::waiting, fmt::format("The Order Manager is to change its count by {:+}.", line.delta));
}

}  // namespace

void undo_line(Tools& tools, stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done, Now now) {
    const auto listing = done.listing ? tools.store.listings.get(*done.listing) : std::nullopt;
    if (!listing) return;
    const auto item = listing->item ? tools.store.items.get(*listing->item) : std::nullopt;
    JobItem line = line_of(job, *listing, item);
    line.sku = done.sku;
    line.delta = -done.delta;
    if (undone.kind != Kind::get_qoh) undo_send(tools, cart, job, undone, done, *listing, item, std::move(line), now);
    else undo_get(tools, cart, job, undone, done, *listing, item, std::move(line), now);
}

void name_unsent(const Tools& tools, const stack::CartState& cart, const JobItem& line, Now now) {
    const auto listing = line.listing ? tools.store.listings.get(*line.listing) : std::nullopt;
    if (listing && had_doubts(line)) tools.repairs.name_left(cart, *listing, line.sku, line.before.value_or(0), -line.delta, now);
}

void name_left(const Tools& tools, const store::PullItem& item, const JobItem& line, Now now) {
    const auto* cart = tools.board.get(item.cart);
    const auto listing = tools.store.listings.get(item.listing);
    if (cart == nullptr || !listing || !had_doubts(line)) return;
    tools.repairs.name_left(*cart, *listing, item.sku, line.before.value_or(0), item.delta, now);
}

}  // namespace stocktray::jobs
