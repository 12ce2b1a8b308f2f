#include "core/sync/repairs.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::sync {
namespace {

constexpr Milliseconds one_day{std::int64_t{24} * 3'600'000};
constexpr std::string_view count_it =
    "Count the item, then put the right count into both sides by Send QOH or Get QOH for this SKU.";

bool is_ignored(const store::Listing& listing, Now now) {
    return listing.ignored_until && *listing.ignored_until > now.wall;
}

}  // namespace

Repaired Repairs::verdict(const stack::CartState& cart, const Evidence& evidence, Orders orders, Now now) const {
    const auto& listing = evidence.listing;
    const bool is_held = listing.held_version == evidence.item.book_version;
    if (is_ignored(listing, now)) return Repaired::ignored;
    if (is_held) return Repaired::held;
    // An unfinished order looks like a loss, and so does a piece that was just given back.
    const bool is_proven = board_.is_synchronized(cart) && orders == Orders::by_moves && evidence.open == 0 && evidence.back == 0 && listing.is_aligned &&
                           store_.posts.stuck_of(listing.key).empty();
    if (!is_proven) return Repaired::named;
    if (listing.repaired && now.steady - *listing.repaired < one_day) return Repaired::person;
    return Repaired::sent;
}

Repaired Repairs::repair(stack::CartState& cart, const Evidence& evidence, Orders orders, Now now) {
    const auto found = verdict(cart, evidence, orders, now);
    if (found == Repaired::sent && !door_.send(cart, evidence, Sender::repair, now)) return Repaired::named;
    return found;
}

void Repairs::name(const stack::CartState& cart, const Evidence& evidence, Orders orders, Now now) {
    const bool was_repaired = evidence.listing.repaired && now.steady - *evidence.listing.repaired < one_day;
    const auto gap = evidence.gap.pieces;
    journal_.raise(
        {.kind = "drift",
         .severity = store::Severity::warning,
         .cart = cart.id(),
         .sku = evidence.item.sku,
         .since = now.wall,
         .message = fmt::format("{} has {} of {} where {} are due ({}).", cart.config().name, evidence.count,
                                evidence.item.sku, evidence.count + gap,
                                jobs::in_words(cause_of(cart, evidence, orders))),
         .hint = was_repaired ? "It was sent again a short while ago and is gone once more: look who changes "
                                "this count at the store, then count the item."
                              : std::string{count_it},
         .action = "open_item"});
}

void Repairs::name_left(const stack::CartState& cart, const store::Listing& listing, const std::string& sku,
                        std::int64_t count, std::int64_t delta, Now now) {
    if (is_ignored(listing, now)) return;
    journal_.raise({.kind = "drift",
                    .severity = store::Severity::warning,
                    .cart = cart.id(),
                    .sku = sku,
                    .since = now.wall,
                    .message = fmt::format(
                        "{} had {} of {} where {} were due, and not all of its posts were known to be "
                        "applied; the difference was not taken over.",
                        cart.config().name, count, sku, count - delta),
                    .hint = std::string{count_it},
                    .action = "open_item"});
}

jobs::Cause Repairs::cause_of(const stack::CartState& cart, const Evidence& evidence, Orders orders) const {
    using jobs::Cause;
    const auto stuck = store_.posts.stuck_of(evidence.listing.key);
    if (evidence.gap.pieces == 0) {
        if (evidence.not_imported.pieces > 0) return Cause::web_orders_not_imported;
        const auto rule = cart.target_rule(evidence.item.sku);
        if (evidence.count == evidence.item.qoh.pieces) return Cause::equal;
        return evidence.item.qoh.pieces < rule.buffer ? Cause::clamped : Cause::buffer;
    }
    if (std::ranges::any_of(stuck, &stack::Post::is_parked)) return Cause::uncertain;
    if (!stuck.empty()) return Cause::rejected;
    const auto ended = store_.posts.ended_of(evidence.listing.key, 10);
    const auto has_ended = [&](stack::State state) {
        return std::ranges::any_of(ended, [&](const auto& post) { return post.state == state && post.delta == evidence.gap; });
    };
    if (has_ended(stack::State::cancelled)) return Cause::rejected;
    if (!evidence.listing.is_aligned) return Cause::unaligned;
    // Without the connector's word an unfinished order cannot be told from a count that somebody lowered.
    if (orders != Orders::by_moves && evidence.gap.pieces > 0) return Cause::unknown;
    if (evidence.open > 0 || evidence.back > 0) return Cause::unknown;
    return has_ended(stack::State::confirmed) ? Cause::lost_at_store : Cause::changed_at_store;
}

}  // namespace stocktray::sync
