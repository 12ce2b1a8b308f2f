#include "core/jobs/deeds.h"

#include <fmt/format.h>

namespace stocktray::jobs {

using inventory::Delta;
using inventory::Quantity;
using sync::Evidence;
using sync::Orders;

namespace {

JobItem line_of(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item) {
    JobItem line;
    line.job = job.id;
    line.store_sku = listing.store_sku;
    line.sku = item ? item->sku : listing.store_sku;
    line.listing = listing.key;
    if (item && item->has_baseline) line.om_qoh = item->qoh.pieces;
    line.before = listing.store_qoh;
    return line;
}

std::string pieces(std::int64_t count) { return fmt::format("{} piece{}", count, count == 1 ? "" : "s"); }

}  // namespace

bool Deeds::takes_differences(const stack::CartState& cart) noexcept {
    return cart.cart.stop != cart::Stop::absolute_script && (cart.cart.learned.dialect || cart.has_keys());
}

Deeds::Change Deeds::change_of(const stack::CartState& cart, const Job& job, const Evidence& evidence) const {
    if (job.kind != Kind::get_qoh) return {evidence.count, evidence.count + evidence.gap.pieces};
    const auto book = evidence.item.qoh.pieces;
    if (evidence.gap.pieces == 0) return {book, book};
    // The book under which the store's count is what it should be.
    return {book, evidence.count + cart.config().buffer + evidence.not_imported.pieces};
}

void Deeds::act(stack::CartState& cart, const Job& job, const Evidence& evidence, Orders orders, Now now) {
    JobItem line = line_of(job, evidence.listing, evidence.item);
    line.before = evidence.count;
    if (evidence.gap.pieces == 0) {
        equal(cart, job, evidence, std::move(line), now);
        return;
    }
    line.cause = tools_.repairs.cause_of(cart, evidence, orders);
    switch (job.kind) {
        case Kind::get_qoh: get(cart, job, evidence, std::move(line), now); break;
        case Kind::send_qoh: send(cart, job, evidence, std::move(line), now); break;
        case Kind::audit: audit(cart, job, evidence, orders, std::move(line), now); break;
        case Kind::undo: break;  // goes by the lines of the job that it takes back
    }
}

void Deeds::equal(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    if (!job.options.is_dry_run && !tools_.door.send(cart, evidence, sync::Sender::verdict, now)) {
        wait(job, evidence.listing, evidence.item, Cause::in_flight, "It moved while it was looked at.");
        return;
    }
    const auto before = tools_.store.jobs.item(job.id, line.store_sku);
    if (evidence.not_imported.pieces == 0 && !before) {
        tools_.store.jobs.add_equal(job.id, 1);
        return;
    }
    line.result = ItemResult::ok;
    line.after = evidence.count;
    line.cause = tools_.repairs.cause_of(cart, evidence, Orders::by_moves);
    line.text = evidence.not_imported.pieces > 0
                    ? fmt::format("{} in web orders that the Order Manager has not imported; otherwise equal.",
                                  pieces(evidence.not_imported.pieces))
                    : "Equal.";
    tools_.store.jobs.put(line);
}

void Deeds::get(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    const auto names = cart::listings_of(cart.config(), evidence.item.sku);
    if (names.size() > 1) {
        line.result = ItemResult::ambiguous;
        line.cause = Cause::duplicate_sku;
        line.text = fmt::format("It is sold under {} SKUs here: nobody can tell which count is the right one.", names.size());
        tools_.store.jobs.put(line);
        return;
    }
    const auto change = change_of(cart, job, evidence);
    line.delta = change.after - change.before;
    line.after = change.after;
    line.text = fmt::format("The Order Manager's count goes from {} to {}{}.", change.before, change.after,
                            evidence.not_imported.pieces > 0
                                ? fmt::format("; {} in web orders not imported are counted in",
                                              pieces(evidence.not_imported.pieces))
                                : "");
    if (!is_in_range(Quantity{change.after}) || !is_in_range(Delta{line.delta})) {
        line.result = ItemResult::error;
        line.text = "The count would leave the range of ±2,000,000,000.";
    } else if (job.options.is_dry_run) {
        line.result = ItemResult::would_change;
    } else {
        store::PullItem item{.sku = evidence.item.sku, .delta = line.delta, .qoh = change.after, .name = evidence.item.name,
                             .cart = cart.cart.key, .listing = evidence.listing.key, .job = job.id};
        tools_.store.pulls.add(item);
        line.stage = Stage::handed_out;
        line.result = ItemResult::ok;
        tools_.journal.record({.at = now.wall, .kind = "get_qoh", .by = job.options.by, .cart = cart.id(),
                               .sku = evidence.item.sku, .delta = line.delta,
                               .text = fmt::format("Get QOH: {} has {} of {}; the Order Manager is to change its count by "
                                                   "{:+}.",
                                                   cart.config().name, evidence.count, evidence.item.sku, line.delta)});
    }
    tools_.store.jobs.put(line);
}

void Deeds::send(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    line.delta = evidence.gap.pieces;
    line.after = evidence.count + line.delta;
    const bool by_difference = takes_differences(cart);
    line.text = by_difference
                    ? fmt::format("{:+} is sent as a difference; what the store sells meanwhile stays.", line.delta)
                    : fmt::format("Its count is replaced by {}: this script takes no differences, so a sale in the same "
                                  "moment is overwritten.",
                                  *line.after);
    if (evidence.not_imported.pieces > 0)
        line.text += fmt::format(" {} in web orders not imported are left out.", pieces(evidence.not_imported.pieces));
    if (job.options.is_dry_run) {
        line.result = ItemResult::would_change;
    } else if (!by_difference) {
        line.result = ItemResult::waiting;
        line.stage = Stage::to_replace;
    } else if (!tools_.queue.has_room(evidence.listing.key, evidence.gap)) {
        line.result = ItemResult::error;
        line.text = "The difference would leave the range of ±2,000,000,000.";
    } else if (tools_.door.send(cart, evidence, sync::Sender::send_qoh, now)) {
        line.result = ItemResult::ok;
        line.stage = Stage::posted;
        if (const auto post = tools_.store.posts.unsent_of(evidence.listing.key)) line.post = post->id;
    } else {
        wait(job, evidence.listing, evidence.item, Cause::in_flight, "It moved while it was looked at.");
        return;
    }
    tools_.store.jobs.put(line);
}

void Deeds::audit(stack::CartState& cart, const Job& job, const Evidence& evidence, Orders orders, JobItem line, Now now) {
    line.delta = evidence.gap.pieces;
    line.result = ItemResult::different;
    line.text = fmt::format("The store has {} where {} are due: {}.", evidence.count, evidence.count + line.delta,
                            in_words(*line.cause));
    if (!job.options.is_dry_run) {
        switch (tools_.repairs.repair(cart, evidence, orders, now)) {
            case sync::Repaired::sent:
                line.result = ItemResult::ok;
                line.after = evidence.count + line.delta;
                line.text = fmt::format("The store lost a difference of {:+}; it was sent again.", line.delta);
                if (const auto post = tools_.store.posts.unsent_of(evidence.listing.key)) line.post = post->id;
                break;
            case sync::Repaired::person: tools_.repairs.name(cart, evidence, orders, now); break;
            case sync::Repaired::named: break;  // one notice for the whole audit
            case sync::Repaired::ignored: line.result = ItemResult::skipped; break;
        }
    }
    tools_.store.jobs.put(line);
}

void Deeds::act_on_word(const stack::CartState& cart, const Job& job, const store::Listing& listing, cart::CountWord word,
                        Now) {
    const auto item = listing.item ? tools_.store.items.get(*listing.item) : std::nullopt;
    JobItem line = line_of(job, listing, item);
    line.before.reset();
    switch (word) {
        case cart::CountWord::not_found:
            line.result = ItemResult::not_found;
            line.cause = Cause::only_here;
            line.text = fmt::format("{} does not know this SKU.", cart.config().name);
            break;
        case cart::CountWord::not_tracked:
            line.result = ItemResult::not_tracked;
            line.cause = Cause::not_tracked;
            line.text = fmt::format("{} does not keep a count of it.", cart.config().name);
            break;
        case cart::CountWord::ambiguous:
            line.result = ItemResult::ambiguous;
            line.cause = Cause::duplicate_sku;
            line.text = fmt::format("{} has more than one product with this SKU; give them different ones.",
                                    cart.config().name);
            break;
        case cart::CountWord::error:
        case cart::CountWord::count:
            line.result = ItemResult::error;
            line.cause = Cause::unknown;
            line.text = fmt::format("{} gave no count that can be read.", cart.config().name);
            break;
    }
    tools_.store.jobs.put(line);
}

void Deeds::act_on_stranger(stack::CartState& cart, const Job& job, const store::Listing& listing, Now now) {
    JobItem line = line_of(job, listing, std::nullopt);
    line.cause = Cause::only_at_store;
    line.result = ItemResult::skipped;
    line.text = "The Order Manager does not know this SKU.";
    if (const auto twin = tools_.store.items.find_any_case(listing.store_sku)) {
        line.cause = Cause::case_differs;
        line.text = fmt::format("The Order Manager writes it {}: upper and lower case differ.", twin->sku);
    } else if (job.kind == Kind::audit) {
        line.result = ItemResult::different;
    } else if (job.kind == Kind::get_qoh && job.options.creates_records && listing.store_qoh) {
        line.result = job.options.is_dry_run ? ItemResult::would_change : ItemResult::new_;
        line.delta = *listing.store_qoh + cart.config().buffer;
        line.after = line.delta;
        line.text = fmt::format("New to the Order Manager, with {}.", pieces(line.delta));
        if (!job.options.is_dry_run && !tools_.store.pulls.is_open(listing.key)) {
            store::PullItem item{.sku = listing.store_sku, .delta = line.delta, .qoh = line.delta, .is_new_product = true,
                                 .cart = cart.cart.key, .listing = listing.key, .job = job.id};
            tools_.store.pulls.add(item);
            line.stage = Stage::handed_out;
            tools_.journal.record({.at = now.wall, .kind = "get_qoh", .by = job.options.by, .cart = cart.id(),
                                   .sku = listing.store_sku, .delta = line.delta, .text = "Get QOH: " + line.text});
        }
    } else if (job.kind == Kind::get_qoh) {
        line.text += " Create Records for New Products is off.";
    }
    tools_.store.jobs.put(line);
}

void Deeds::wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item, Cause cause,
                 std::string text) {
    JobItem line = line_of(job, listing, item);
    line.result = ItemResult::waiting;
    line.cause = cause;
    line.text = std::move(text);
    tools_.store.jobs.put(line);
}

void Deeds::skip(const Job& job, const store::Listing& listing, const store::Item& item, ItemResult result, Cause cause,
                 std::string text) {
    JobItem line = line_of(job, listing, item);
    line.result = result;
    line.cause = cause;
    line.text = std::move(text);
    tools_.store.jobs.put(line);
}

void Deeds::miss(const Job& job, const std::string& store_sku, const store::Item& item) {
    store::Listing listing;
    listing.store_sku = store_sku;
    JobItem line = line_of(job, listing, item);
    line.listing.reset();
    line.result = ItemResult::not_found;
    line.cause = Cause::only_here;
    line.text = "The store does not list this SKU.";
    tools_.store.jobs.put(line);
}

void Deeds::undo(stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done, Now now) {
    const auto listing = done.listing ? tools_.store.listings.get(*done.listing) : std::nullopt;
    if (!listing) return;
    auto item = listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    JobItem line = line_of(job, *listing, item);
    line.sku = done.sku;
    line.delta = -done.delta;
    const auto put = [&](ItemResult result, std::string text) {
        line.result = result;
        line.text = std::move(text);
        tools_.store.jobs.put(line);
    };
    if (undone.kind == Kind::send_qoh) {
        if (line.before) line.after = *line.before + line.delta;
        const auto post = done.post ? tools_.store.posts.get(*done.post) : std::nullopt;
        const bool never_left = post && (post->state == stack::State::folded || post->state == stack::State::cancelled ||
                                         post->state == stack::State::rejected);
        if (never_left) return put(ItemResult::skipped, "Its difference never reached the store.");
        if (job.options.is_dry_run)
            return put(ItemResult::would_change, fmt::format("{:+} is sent as a difference; sales since then stay.", line.delta));
        if (!takes_differences(cart))
            return put(ItemResult::error, "This script takes no differences: its counts cannot be taken back without "
                                          "overwriting what it sold since. Use Send QOH.");
        if (!tools_.queue.has_room(listing->key, {line.delta}))
            return put(ItemResult::error, "The difference would leave the range of ±2,000,000,000.");
        auto held = *listing;
        held.held_version = item ? std::optional{item->book_version} : std::nullopt;
        tools_.store.listings.save(held);
        tools_.queue.add(cart, held, {line.delta}, Quantity{line.after.value_or(0)}, now);
        if (const auto sent = tools_.store.posts.unsent_of(held.key)) {
            line.post = sent->id;
            line.stage = Stage::posted;
        }
        tools_.journal.record({.at = now.wall, .kind = "undo", .by = job.options.by, .cart = cart.id(), .sku = line.sku,
                               .delta = line.delta,
                               .text = fmt::format("Send QOH (job {}) is taken back: {:+} of {} is sent to {}.", undone.id,
                                                   line.delta, line.sku, cart.config().name)});
        return put(ItemResult::ok, fmt::format("{:+} is sent as a difference; sales since then stay.", line.delta));
    }
    // A Get: what the Order Manager has not taken over is withdrawn, the rest is handed out the other way round.
    const bool is_open = done.stage == Stage::handed_out;
    if (job.options.is_dry_run)
        return put(ItemResult::would_change, is_open ? "It is withdrawn before the Order Manager takes it over."
                                                     : fmt::format("The Order Manager is to change its count by {:+}.", line.delta));
    auto withdrawn = done;
    withdrawn.stage = Stage::none;
    if (is_open) {
        if (const auto open = tools_.store.pulls.of_listing(listing->key)) tools_.store.pulls.remove(open->cursor);
        withdrawn.result = ItemResult::skipped;
        withdrawn.text = fmt::format("Withdrawn by job {}.", job.id);
        tools_.store.jobs.put(withdrawn);
        return put(ItemResult::ok, "Withdrawn: the Order Manager had not taken it over.");
    }
    if (done.result == ItemResult::skipped) return put(ItemResult::skipped, "The Order Manager did not take it over.");
    if (tools_.store.pulls.is_open(listing->key)) {
        line.cause = Cause::in_flight;
        return put(ItemResult::error, std::string{sync::in_words(sync::Unquiet::open_get)});
    }
    auto held = *listing;
    held.held_version = item ? std::optional{item->book_version + 1} : std::nullopt;  // the takeover moves the book once
    tools_.store.listings.save(held);
    store::PullItem back{.sku = line.sku, .delta = line.delta, .qoh = item ? item->qoh.pieces + line.delta : 0,
                         .cart = cart.cart.key, .listing = listing->key, .job = job.id};
    tools_.store.pulls.add(back);
    line.stage = Stage::handed_out;
    tools_.journal.record({.at = now.wall, .kind = "undo", .by = job.options.by, .cart = cart.id(), .sku = line.sku,
                           .delta = line.delta,
                           .text = fmt::format("Get QOH (job {}) is taken back: the Order Manager is to change {} by {:+}.",
                                               undone.id, line.sku, line.delta)});
    put(ItemResult::ok, fmt::format("The Order Manager is to change its count by {:+}.", line.delta));
}

}  // namespace stocktray::jobs
