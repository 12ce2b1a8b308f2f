#include "core/jobs/deeds.h"

#include <fmt/format.h>

#include "core/jobs/pace.h"
#include "core/jobs/run.h"

namespace stocktray::jobs {

using inventory::Delta;
using inventory::Quantity;
using sync::Evidence;
using sync::Orders;

namespace {

Cause cause_of(sync::Unquiet unquiet) noexcept {
    switch (unquiet) {
        case sync::Unquiet::settling: return Cause::uncertain;
        case sync::Unquiet::no_baseline:
        case sync::Unquiet::retake: return Cause::unknown;
        case sync::Unquiet::open_get:
        case sync::Unquiet::under_way: return Cause::in_flight;
        case sync::Unquiet::unclear_line: return Cause::web_orders_not_imported;
    }
    return Cause::unknown;
}

std::string pieces(std::int64_t count) { return fmt::format("{} piece{}", count, count == 1 ? "" : "s"); }

}  // namespace

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

bool Deeds::takes_differences(const stack::CartState& cart) noexcept {
    const auto& learned = cart.cart.learned;
    return cart.cart.stop != cart::Stop::absolute_script && (learned.dialect || learned.rest || cart.has_keys());
}

Deeds::Change Deeds::change_of(const stack::CartState& cart, const Job& job, const Evidence& evidence) const {
    if (job.kind != Kind::get_qoh) return {evidence.count, evidence.count + evidence.gap.pieces};
    const auto book = evidence.item.qoh.pieces;
    if (evidence.gap.pieces == 0) return {book, book};
    // The book under which the store's count is what it should be.
    return {book, evidence.count + cart.target_rule(evidence.item.sku).buffer + evidence.not_imported.pieces};
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

std::optional<Evidence> Deeds::evidence_of(const stack::CartState& cart, const Job& job,
                                           const sync::QuietRound& round,
                                           const sync::QuietRound::Watched& watched, Now now) const {
    if (!job.options.is_dry_run) return tools_.scales.conclude(cart, round, watched, now);
    const auto listing = tools_.store.listings.get(watched.listing);
    const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    if (!item || !watched.first || watched.first->count.word != cart::CountWord::count) return std::nullopt;
    return tools_.scales.weigh(cart, *listing, *item, *watched.first, round.steps().orders());
}

std::optional<Deeds::Change> Deeds::change_of(const stack::CartState& cart, const Job& job,
                                              const sync::QuietRound& round,
                                              const sync::QuietRound::Watched& watched, Now now) const {
    const auto evidence = evidence_of(cart, job, round, watched, now);
    return evidence ? std::optional{change_of(cart, job, *evidence)} : std::nullopt;
}

void Deeds::judge(stack::CartState& cart, const Job& job, const sync::QuietRound& round,
                  const sync::QuietRound::Watched& watched, Now now) {
    const auto listing = tools_.store.listings.get(watched.listing);
    if (!listing) return;
    const auto item = listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    const auto* look =
        job.options.is_dry_run ? (watched.first ? &*watched.first : nullptr) : watched.agreed();
    if (look == nullptr || round.was_touched(watched.listing))
        return wait(job, *listing, item, Cause::in_flight, "Its count moved while it was read.");
    if (look->count.word != cart::CountWord::count)
        return act_on_word(cart, job, *listing, look->count.word, now);
    if (!item) {
        auto stranger = *listing;
        stranger.store_qoh = look->count.qoh;
        stranger.word = look->count.word;
        const bool by_moves = round.steps().orders() == Orders::by_moves;
        return act_on_stranger(cart, job, stranger,
                               by_moves ? look->orders : imported(cart, listing->store_sku), now);
    }
    if (const auto evidence = evidence_of(cart, job, round, watched, now)) {
        if (!job.options.is_dry_run) tools_.journal.clear("noted", "", item->sku);
        return act(cart, job, *evidence, round.steps().orders(), now);
    }
    if (const auto unquiet = tools_.scales.unquiet(cart, *listing, *item, now))
        return wait(job, *listing, item, *unquiet);
    if (round.has_old_orders(cart.cart))
        return wait(job, *listing, item, Cause::web_orders_not_imported, std::string{imported_meanwhile});
    if (item->book_version != watched.book_version)
        return wait(job, *listing, item, Cause::in_flight, "It changed while it was looked at.");
    wait(job, *listing, item, sync::Unquiet::unclear_line);
}

void Deeds::put(const JobItem& line) {
    tools_.store.jobs.put(line);
    end_older(line.job, line.store_sku);
}

void Deeds::end_older(JobId id, const std::string& store_sku) {
    for (const auto older : older_) {
        if (older == id) continue;
        auto line = tools_.store.jobs.item(older, store_sku);
        if (!line || line->result != ItemResult::waiting || line->post) continue;
        line->result = ItemResult::skipped;
        line->stage = Stage::none;
        line->text += fmt::format(" Left to job {}.", id);
        tools_.store.jobs.put(*line);
    }
}

void Deeds::count_equal(const Job& job, const std::string& store_sku) {
    tools_.store.jobs.add_equal(job.id, 1);
    end_older(job.id, store_sku);
}

void Deeds::equal(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    if (!job.options.is_dry_run && !tools_.door.send(cart, evidence, sync::Sender::verdict, now)) {
        wait(job, evidence.listing, evidence.item, Cause::in_flight, "It moved while it was looked at.");
        return;
    }
    const auto before = tools_.store.jobs.item(job.id, line.store_sku);
    if (evidence.not_imported.pieces == 0 && !before) {
        count_equal(job, line.store_sku);
        return;
    }
    if (before && before->delta != 0) {
        // What it did before stays in its line: undo goes by it.
        line = *before;
        line.stage = Stage::none;
    }
    line.result = ItemResult::ok;
    line.after = evidence.count;
    line.cause = tools_.repairs.cause_of(cart, evidence, Orders::by_moves);
    const std::string now_equal = evidence.not_imported.pieces > 0
                                      ? fmt::format("{} in web orders that the Order Manager has not imported; otherwise "
                                                    "equal.",
                                                    pieces(evidence.not_imported.pieces))
                                      : "Equal.";
    line.text = before && before->delta != 0 ? before->text + " " + now_equal : now_equal;
    put(line);
}

void Deeds::get(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    const auto names = cart::listings_of(cart.config(), evidence.item.sku);
    if (names.size() > 1) {
        line.result = ItemResult::ambiguous;
        line.cause = Cause::duplicate_sku;
        line.text = fmt::format("It is sold under {} SKUs here: nobody can tell which count is the right one.", names.size());
        put(line);
        return;
    }
    if (tools_.store.pulls.is_open_for(evidence.item.sku)) {
        wait(job, evidence.listing, evidence.item, sync::Unquiet::open_get);
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
    } else if (!tools_.door.hand_out(cart, evidence, now)) {
        wait(job, evidence.listing, evidence.item, Cause::in_flight, "It moved while it was looked at.");
        return;
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
    put(line);
}

void Deeds::send(stack::CartState& cart, const Job& job, const Evidence& evidence, JobItem line, Now now) {
    line.delta = evidence.gap.pieces;
    line.after = evidence.count + line.delta;
    // How it is done; what came of it is said when it is known.
    const bool by_difference = takes_differences(cart);
    line.text = by_difference
                    ? fmt::format("{:+} as a difference: what the store sells meanwhile stays.", line.delta)
                    : fmt::format("By a count of {}: this script takes no differences, so a sale in the same moment is "
                                  "overwritten.",
                                  *line.after);
    if (by_difference && cart.cart.learned.rest)
        line.text = fmt::format("{:+} by reading, adding and writing back: this shop's own interface takes no differences, "
                                "so a sale in that instant would be overwritten. Such a case is noticed and named.",
                                line.delta);
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
        // What an earlier gap of this job did stays in the sum: undo goes by it.
        if (const auto before = tools_.store.jobs.item(job.id, line.store_sku); before && before->post)
            line.delta += before->delta;
        line.result = is_at_work(job.state) ? ItemResult::ok : ItemResult::waiting;
        line.stage = Stage::posted;
        if (const auto post = tools_.store.posts.unsent_of(evidence.listing.key)) line.post = post->id;
    } else {
        wait(job, evidence.listing, evidence.item, Cause::in_flight, "It moved while it was looked at.");
        return;
    }
    put(line);
}

void Deeds::audit(stack::CartState& cart, const Job& job, const Evidence& evidence, Orders orders, JobItem line, Now now) {
    line.delta = evidence.gap.pieces;
    line.result = ItemResult::different;
    line.text = fmt::format("The store has {} where {} are due", evidence.count, evidence.count + line.delta);
    if (*line.cause == Cause::unknown)
        line.text += evidence.open > 0 || evidence.back > 0
                         ? fmt::format("; {} are in orders that are not finished, {} were given back lately.", evidence.open,
                                       evidence.back)
                         : ". Why is not known: it may be in an order that is not finished.";
    else
        line.text += fmt::format(": {}.", in_words(*line.cause));
    if (job.options.is_dry_run) {
        if (!only_names(job) && tools_.repairs.verdict(cart, evidence, orders, now) == sync::Repaired::sent) {
            line.result = ItemResult::would_change;
            line.after = evidence.count + line.delta;
            line.text += fmt::format(" The audit would send {:+}.", line.delta);
        }
    } else if (!only_names(job)) {
        switch (tools_.repairs.repair(cart, evidence, orders, now)) {
            case sync::Repaired::sent:
                line.result = ItemResult::ok;
                line.after = evidence.count + line.delta;
                line.text = fmt::format("The store had {} where {} were due ({}); {:+} was put on the post stack.", evidence.count,
                                        evidence.count + line.delta, in_words(*line.cause), line.delta);
                if (const auto post = tools_.store.posts.unsent_of(evidence.listing.key)) line.post = post->id;
                break;
            case sync::Repaired::person: tools_.repairs.name(cart, evidence, orders, now); break;
            case sync::Repaired::held:
                // Its last post did not get lost: somebody has taken it back.
                line.cause = Cause::unknown;
                line.text = fmt::format("The store has {} where {} are due: {}.", evidence.count,
                                        evidence.count + line.delta, "a person took a difference back, or cancelled it");
                break;
            case sync::Repaired::named: break;  // one notice for the whole audit
            case sync::Repaired::ignored: line.result = ItemResult::skipped; break;
        }
    }
    put(line);
}

void Deeds::act_on_word(const stack::CartState& cart, const Job& job, const store::Listing& listing, cart::CountWord word,
                        Now now) {
    // A count that the store no longer tells is none to compare with, until it tells one again.
    if (word == cart::CountWord::not_found) tools_.store.listings.put_count(listing.cart, {listing.store_sku, word}, now.wall);
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
    put(line);
}

// Mapped to another SKU, or excluded, it is no product of its own.
bool Deeds::is_named_so(const store::Listing& listing) const {
    const auto* cart = tools_.board.get(listing.cart);
    return cart != nullptr && cart::om_sku_of(cart->config(), listing.store_sku) == listing.store_sku;
}

bool Deeds::is_to_be_created(const Job& job, const store::Listing& listing) const {
    return job.kind == Kind::get_qoh && job.options.creates_records && listing.store_qoh &&
           listing.word == cart::CountWord::count && is_named_so(listing) && !tools_.store.items.find_any_case(listing.store_sku);
}

void Deeds::act_on_stranger(stack::CartState& cart, const Job& job, const store::Listing& listing,
                            const std::vector<cart::HeldByOrder>& held, Now now) {
    JobItem line = line_of(job, listing, std::nullopt);
    line.cause = Cause::only_at_store;
    line.result = ItemResult::skipped;
    line.text = "The Order Manager does not know this SKU.";
    if (is_to_be_created(job, listing)) {
        if (tools_.store.pulls.is_open_for(listing.store_sku))
            return wait(job, listing, std::nullopt, sync::Unquiet::open_get);
        const auto not_imported =
            sync::not_imported(held, tools_.store.orders.takings_of(cart.cart.key, listing.store_sku));
        line.result = job.options.is_dry_run ? ItemResult::would_change : ItemResult::new_;
        line.delta = *listing.store_qoh + cart.target_rule(listing.store_sku).buffer + not_imported.pieces;
        line.after = line.delta;
        line.text = fmt::format("New to the Order Manager, with {}.", pieces(line.delta));
        if (!job.options.is_dry_run) {
            store::PullItem item{.sku = listing.store_sku, .delta = line.delta, .qoh = line.delta, .is_new_product = true,
                                 .cart = cart.cart.key, .listing = listing.key, .job = job.id};
            tools_.store.pulls.add(item);
            line.stage = Stage::handed_out;
            tools_.journal.record({.at = now.wall, .kind = "get_qoh", .by = job.options.by, .cart = cart.id(),
                                   .sku = listing.store_sku, .delta = line.delta, .text = "Get QOH: " + line.text});
        }
    } else if (const auto twin = tools_.store.items.find_any_case(listing.store_sku)) {
        line.cause = Cause::case_differs;
        line.text = fmt::format("The Order Manager writes it {}: upper and lower case differ.", twin->sku);
    } else if (job.kind == Kind::audit) {
        line.result = ItemResult::different;
    } else if (job.kind == Kind::get_qoh) {
        line.text += " Create Records for New Products is off.";
    }
    put(line);
}

std::vector<cart::HeldByOrder> Deeds::imported(const stack::CartState& cart, std::string_view sku) const {
    std::vector<cart::HeldByOrder> held;
    for (const auto& line : tools_.store.orders.lines_of(cart.cart.key, sku))
        held.push_back({line.order, line.qty});
    return held;
}

std::string Deeds::orders_unknown(const stack::CartState& cart) {
    return cart.cart.imports == 0 ? "The Order Manager has not told yet which web orders it has imported."
                                  : "The last import of web orders is not complete.";
}

std::string Deeds::orders_unknown(const stack::CartState& cart, const sync::QuietSteps& steps) {
    using Failure = sync::QuietSteps::Failure;
    switch (steps.failure()) {
        case Failure::orders_came: return orders_not_imported(steps.orders_since());
        case Failure::lastorder_ignored:
            return fmt::format("{} says that it has no web order at all, but the Order Manager has named {} as the last one that it "
                               "imported. If there is none, let it name none (stocktrayctl orders imported {} --last-order '' "
                               "--count 0); otherwise look whether this is the right store.",
                               cart.config().name, cart.cart.last_order, cart.id());
        case Failure::no_answer:
        case Failure::none: break;
    }
    return "The store's script does not tell whether web orders wait to be imported.";
}

void Deeds::wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item,
                 sync::Unquiet unquiet) {
    wait(job, listing, item, cause_of(unquiet), std::string{sync::in_words(unquiet)});
}

void Deeds::wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item, Cause cause,
                 std::string text) {
    // What the job has done for the SKU already stays in its line.
    if (const auto before = tools_.store.jobs.item(job.id, listing.store_sku); before && before->post) return;
    JobItem line = line_of(job, listing, item);
    line.result = ItemResult::waiting;
    line.cause = cause;
    line.text = std::move(text);
    put(line);
}

void Deeds::skip(const Job& job, const store::Listing& listing, const store::Item& item, ItemResult result, Cause cause,
                 std::string text) {
    JobItem line = line_of(job, listing, item);
    line.result = result;
    line.cause = cause;
    line.text = std::move(text);
    put(line);
}

bool Deeds::leave_out(const stack::CartState& cart, const Job& job, const store::Listing& listing,
                      const store::Item& item) {
    if (cart.config().exclude.contains(item.sku))
        skip(job, listing, item, ItemResult::skipped, Cause::not_tracked, std::string{excluded});
    else if (!item.is_tracked)
        skip(job, listing, item, ItemResult::not_tracked, Cause::not_tracked,
             "The Order Manager does not count it.");
    else
        return false;
    return true;
}

void Deeds::miss(const stack::CartState& cart, const Job& job, const std::string& sku) {
    store::Listing named;
    named.store_sku = sku;
    const auto say = [&](const std::optional<store::Item>& item, Cause cause, std::string text) {
        JobItem line = line_of(job, named, item);
        line.listing.reset();
        line.result = ItemResult::not_found;
        line.cause = cause;
        line.text = std::move(text);
        put(line);
    };
    const auto item = tools_.store.items.find(sku);
    if (!item) {
        // Unless the store has it and the job has said what is to be said of it.
        if (tools_.store.jobs.item(job.id, sku)) return;
        return say(item, Cause::unknown, "The Order Manager does not know this SKU.");
    }
    const auto names = cart::listings_of(cart.config(), sku);
    if (names.empty() && !leave_out(cart, job, named, *item))
        skip(job, named, *item, ItemResult::skipped, Cause::not_tracked, std::string{sold_otherwise});
    for (const auto& store_sku : names) {
        if (tools_.store.listings.find(cart.cart.key, store_sku)) continue;
        named.store_sku = store_sku;
        if (!leave_out(cart, job, named, *item))
            say(item, Cause::only_here, "The store does not list this SKU.");
    }
}

void Deeds::end(JobItem line, ItemResult result, const std::string& text) {
    line.result = result;
    line.stage = Stage::none;
    line.text = line.text.empty() ? text : line.text + " " + text;
    put(line);
}

// It can be taken over at any moment, whatever becomes of the job.
bool Deeds::is_with_order_manager(const JobItem& line) const {
    const auto open = line.stage == Stage::handed_out && line.listing ? tools_.store.pulls.of_listing(*line.listing) : std::nullopt;
    return open && open->job == line.job;
}

bool Deeds::let_go(JobId id, ItemResult as, const std::string& why, std::string& after) {
    auto lines = tools_.store.jobs.waiting(id, after, Slice::most_rows);
    Slice slice{tools_.store};
    for (auto& line : lines) {
        after = line.store_sku;
        if (!line.post && !is_with_order_manager(line)) {
            const bool was_told = line.stage == Stage::to_read;
            if (was_told) line.text += " The script was told; it was not read back.";
            end(std::move(line), was_told ? ItemResult::different : as, why);
        }
        if (!slice.goes_on()) return true;
    }
    return std::ssize(lines) == Slice::most_rows;
}

}  // namespace stocktray::jobs
