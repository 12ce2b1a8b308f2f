#include "core/sync/books.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

#include "core/inventory/listing.h"
#include "core/sync/retakes.h"

namespace stocktray::sync {

using inventory::Change;
using inventory::Delta;
using inventory::Quantity;

namespace {

// A change that happened well before the snapshot was opened is contained in it. While it was read, and near
// that time since clocks differ, nobody knows, and the SKU has to be counted again before anything is concluded from it.
constexpr Milliseconds clocks_differ_by{120'000};

enum class InSnapshot { no, yes, unknown };

InSnapshot in_snapshot(const Change& change, const store::Item& item, Now now) noexcept {
    if (!change.at || !item.counted_at) return InSnapshot::no;
    // A snapshot that seems to be of the future: our clock was set back since, and its time says nothing any more.
    if (*item.counted_at > now.wall + clocks_differ_by) return InSnapshot::unknown;
    const auto earliest = std::min(change.since.value_or(*change.at), *change.at);
    const auto latest = std::max(earliest, *change.at);
    if (latest < *item.counted_at - clocks_differ_by) return InSnapshot::yes;
    if (earliest > item.counted_until.value_or(*item.counted_at) + clocks_differ_by) return InSnapshot::no;
    return InSnapshot::unknown;
}

// Nobody expects that the SKU is to be counted again: the change came late, or a clock is wrong. What is sold in the minutes behind
// a count is told with the next count, or by an audit that could not compare it.
bool is_surprise(const Change& change, const store::Item& item, Now now) noexcept {
    return now.wall - *change.at > clocks_differ_by || *item.counted_at > now.wall + clocks_differ_by;
}

store::Hash content_of(const Change& change) {
    const auto amount = change.qoh ? fmt::format("={}@{}", change.qoh->pieces, change.version.value_or(0))
                                   : fmt::format("{:+}", change.delta ? change.delta->pieces : 0);
    return store::hash_of({change.sku, amount, to_string(change.reason), change.origin_cart, change.origin_listing});
}

}  // namespace

Submitted Books::submit(const std::string& source, const std::vector<Change>& changes, Now now) {
    Submitted submitted;
    for (std::size_t index = 0; index < changes.size(); ++index) {
        auto taken = take(source, changes[index], now);
        if (!taken) {
            submitted.rejected.push_back({index, changes[index].id, std::move(taken.error())});
            continue;
        }
        switch (*taken) {
            case Taken::accepted: ++submitted.accepted; break;
            case Taken::duplicate: ++submitted.duplicates; break;
            case Taken::superseded: ++submitted.superseded; break;
        }
    }
    return submitted;
}

Result<Books::Taken> Books::take(const std::string& source, const Change& change, Now now) {
    if (auto valid = inventory::validate(change); !valid) return Failure{valid.error()};
    const auto key = store::hash_of({source, change.id});
    const auto content = content_of(change);
    switch (store_.ids.known(key, content)) {
        case store::Known::same_content: return Taken::duplicate;
        case store::Known::other_content:
            return fail(ErrorCode::conflict,
                        fmt::format("The id {} was used before for another change; a new change needs a new id.",
                                    change.id));
        case store::Known::no: break;
    }
    if (auto known = check_carts(change); !known) return Failure{known.error()};

    auto item = store_.items.find(change.sku).value_or(store::Item{});
    item.sku = change.sku;
    if (item.counting && *item.counting != change.counting())
        return fail(ErrorCode::conflict,
                    fmt::format("{} is reported by {}; mixing differences and counts would count pieces twice.",
                                change.sku, *item.counting == inventory::Counting::delta ? "differences" : "counts"));
    if (change.again && store_.identity.get().trouble != store::Trouble::restored)
        return fail(ErrorCode::conflict, "This agent was not restored: nothing has to be offered again.");

    // Nobody could tell whether the count contains what Get QOH handed out.
    if (change.qoh && change.reason != inventory::Reason::get_qoh && store_.pulls.is_open_for(change.sku))
        return fail(ErrorCode::busy,
                    fmt::format("Get QOH has found a difference of {}: acknowledge it first (qoh.pull), then send the count "
                                "again.",
                                change.sku));
    if (change.qoh && item.version && *change.version <= *item.version) {
        if (auto given = give_back_superseded(change, item, now); !given) return Failure{given.error()};
        store_.ids.remember(key, content);
        record(change, {0}, now);
        return Taken::superseded;
    }
    if (change.expected && (!item.has_baseline || *change.expected != item.qoh))
        return fail(ErrorCode::conflict,
                    item.has_baseline ? fmt::format("The count of {} is {} by now, not {}: read it again.", change.sku,
                                                    item.qoh.pieces, change.expected->pieces)
                                      : fmt::format("The count of {} is not known here yet.", change.sku));

    const auto contained = in_snapshot(change, item, now);
    const bool moves_book = change.moves_book && change.reason != inventory::Reason::get_qoh && contained != InSnapshot::yes;
    Move move{item.qoh, item.qoh};
    move.moves_book = moves_book;
    move.is_known_to_origin = contained == InSnapshot::no || item.reported_qoh;
    if (change.qoh && contained != InSnapshot::no && item.reported_qoh) {
        // The snapshot has this count already; the stores have only what was reported before.
        move.before = *item.reported_qoh;
        move.after = *change.qoh;
    } else if (change.qoh && contained == InSnapshot::yes) {
        // The first that is told of it is older than the book: what the stores had before it nobody knows.
        move.before = move.after = *change.qoh;
    } else if (change.qoh) {
        move.is_absolute_without_base = !item.has_baseline;
        move.after = *change.qoh;
    } else if (moves_book) {
        move.after = item.qoh + *change.delta;
    } else {
        move.before = item.qoh - *change.delta;  // the book has it already; the stores have not
    }
    if (contained != InSnapshot::no) {
        const auto moved = change.qoh ? *change.qoh : item.qoh + *change.delta;
        move.of_book = {item.qoh, moves_book ? moved : item.qoh};
    }
    if (!is_in_range(move.after) || !is_in_range(move.before))
        return fail(ErrorCode::invalid, fmt::format("The count of {} would leave the range of ±2,000,000,000.", change.sku));
    if (auto room = check_room(change, item, move); !room) return Failure{room.error()};

    // From here on everything is decided and nothing fails but the disk.
    item.counting = change.counting();
    if (moves_book) {
        item.qoh = move.of_book ? move.of_book->second : move.after;
        ++item.book_version;
        item.changed = now.steady;
    }
    if (change.qoh) {
        item.version = change.version;
        item.reported_qoh = change.qoh;
        item.has_baseline = true;
        const bool is_of_before = contained == InSnapshot::yes && !move.is_known_to_origin;
        if (!is_posted(change, item, move) || is_of_before) item.unposted_version = change.version;
    }
    // A source that fans out itself tells what its stores got, not what its own count is: only a count tells that.
    const bool was_to_be_counted = item.needs_retake;
    if (contained == InSnapshot::unknown || !change.moves_book) item.needs_retake = true;
    store_.items.save(item);
    if (contained == InSnapshot::unknown && !was_to_be_counted && is_surprise(change, item, now)) tell_retakes(store_, journal_, now);
    if (moves_book) queue_.touch_item(item.key);
    store_.ids.remember(key, content);
    if (change.taken) (void)is_told_first(change);
    if (!change.order.empty() && !change.origin_cart.empty()) take_for_order(change, change.taken.value_or(move.before - move.after), now);
    post_differences(change, item, move, now);
    record(change, move.after - move.before, now);
    if (moves_book && (move.before.pieces < 0 || move.after.pieces < 0)) watch_oversold(item, now);
    if (!change.note.empty())
        journal_.raise({.kind = "noted",
                        .severity = store::Severity::info,
                        .sku = change.sku,
                        .since = now.wall,
                        .message = change.note,
                        .hint = "Nothing has to be done: the next comparison with the store, or the next count of the Order "
                                "Manager, settles it.",
                        .action = "open_item"});
    if (move.is_absolute_without_base)
        journal_.raise({.kind = "no_baseline",
                        .severity = store::Severity::info,
                        .sku = change.sku,
                        .since = now.wall,
                        .message = fmt::format("The first count of {} was taken over and not posted.", change.sku),
                        .hint = "Send a snapshot of the Order Manager's counts, then compare the carts."});
    return Taken::accepted;
}

void Books::take_for_order(const Change& change, Delta taken, Now now) {
    const auto& origin = *board_.find(change.origin_cart);
    store_.orders.take(origin.cart.key, change.order, change.sku, change.origin_listing, taken.pieces, now.wall);
    for (const auto& store_sku : cart::listings_of(origin.config(), change.sku))
        if (const auto listing = store_.listings.find(origin.cart.key, store_sku)) looks_.sold(origin, listing->key);
}

// One count may be told twice, each time under a new id: by two programs that read the same data, or by one that was put back. What it
// took for an order counts once.
bool Books::is_told_first(const Change& change) {
    const auto key = store::hash_of({"taken", change.sku, std::to_string(change.version.value_or(0)), change.origin_cart, change.origin_listing,
                                     change.order});
    if (store_.ids.known(key, key) != store::Known::no) return false;
    store_.ids.remember(key, key);
    return true;
}

// The newer count holds the order's pieces: its difference went to the origin, too, which had taken them itself.
Result<void> Books::give_back_superseded(const Change& change, const store::Item& item, Now now) {
    if (!change.taken) return {};
    // Whether a snapshot or the newer count brought them nobody knows; the next comparison does.
    const Move move{item.qoh, item.qoh};
    const bool was_posted = in_snapshot(change, item, now) == InSnapshot::no && item.unposted_version.value_or(-1) < *change.version;
    if (was_posted)
        if (auto room = check_room(change, item, move); !room) return room;
    if (!is_told_first(change)) return {};
    take_for_order(change, *change.taken, now);
    if (was_posted) post_differences(change, item, move, now);
    return {};
}

void Books::take_over(const Takeover& takeover, Now now) {
    auto item = store_.items.find(takeover.sku).value_or(store::Item{});
    item.sku = takeover.sku;
    if (takeover.name && !item.name) item.name = takeover.name;
    Move move{item.qoh, item.qoh + takeover.delta};
    // A first count is no difference: the other stores may have these pieces already.
    move.is_absolute_without_base = !item.has_baseline;
    item.qoh = move.after;
    if (item.reported_qoh) item.reported_qoh = *item.reported_qoh + takeover.delta;
    item.has_baseline = true;
    ++item.book_version;
    item.changed = now.steady;
    store_.items.save(item);
    queue_.touch_item(item.key);
    Change change;
    change.sku = takeover.sku;
    change.delta = takeover.delta;
    change.reason = inventory::Reason::other;  // `get_qoh` is the Order Manager's word and posts nothing
    change.origin_cart = board_.find(takeover.cart) != nullptr ? takeover.cart : std::string{};
    change.origin_listing = change.origin_cart.empty() ? std::string{} : takeover.listing;
    post_differences(change, item, move, now);
    journal_.record({.at = now.wall,
                     .kind = "change",
                     .cart = takeover.cart,
                     .sku = takeover.sku,
                     .delta = takeover.delta.pieces,
                     .text = fmt::format("Get QOH (job {}): the Order Manager has taken over {:+} of {}.", takeover.job,
                                         takeover.delta.pieces, takeover.sku),
                     .more = {{"reason", std::string{to_string(inventory::Reason::get_qoh)}}}});
    if (move.before.pieces < 0 || move.after.pieces < 0) watch_oversold(item, now);
}

Result<void> Books::check_carts(const Change& change) const {
    const auto unknown = [](const std::string& id) {
        return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", id));
    };
    if (!change.origin_cart.empty() && board_.find(change.origin_cart) == nullptr) return unknown(change.origin_cart);
    for (const auto& id : change.only_carts)
        if (board_.find(id) == nullptr) return unknown(id);
    if (!change.origin_listing.empty()) {
        const auto names = cart::listings_of(board_.find(change.origin_cart)->config(), change.sku);
        if (std::ranges::count(names, change.origin_listing) == 0)
            return fail(ErrorCode::invalid, fmt::format("{} is not sold as {} at {}: its listings there are {}.", change.sku,
                                                        change.origin_listing, change.origin_cart, fmt::join(names, ", ")));
    }
    return {};
}

bool Books::is_posted(const Change& change, const store::Item& item, const Move& move) noexcept {
    return item.is_tracked && !change.again && !move.is_absolute_without_base && change.reason != inventory::Reason::get_qoh;
}

template <class Use>
void Books::for_each_listing(const Change& change, const store::Item& item, const Move& move, Use use) const {
    if (!is_posted(change, item, move)) return;
    for (const auto& cart : board_.all()) {
        if (!board_.is_synchronized(*cart)) continue;
        if (!change.only_carts.empty() && std::ranges::count(change.only_carts, cart->id()) == 0) continue;
        const bool is_origin = cart->id() == change.origin_cart;
        auto rule = cart->target_rule(item.sku);
        // Without a known count nothing can be said about zero: the difference goes as it is. Nor where a change leaves the book
        // as it was, which then tells nothing of the store's count.
        if (!item.has_baseline || !change.moves_book) rule.below_zero = inventory::BelowZero::possible;
        for (const auto& store_sku : cart::listings_of(cart->config(), item.sku)) {
            // Law 5: what this listing has sold itself is not posted to it.
            const bool has_sold = is_origin && (change.origin_listing.empty() || store_sku == change.origin_listing);
            if (has_sold && !change.taken) continue;
            auto [before, after] = std::pair{move.before, move.after};
            bool holds_order = move.is_known_to_origin;
            // Its gap was closed against the book of the snapshot, which contains the change: it needs what the book needs.
            if (move.of_book)
                if (const auto listing = store_.listings.find(cart->cart.key, store_sku); listing && listing->has_count) {
                    std::tie(before, after) = *move.of_book;
                    // A count that the snapshot has told already holds the order as the snapshot does.
                    holds_order = move.moves_book && before != after;
                }
            // The store has what Get QOH has found beyond the book, and follows both: a store that has nothing below zero would lose
            // what the book alone does not show.
            if (const auto listing = store_.listings.find(cart->cart.key, store_sku); listing && rule.below_zero == inventory::BelowZero::clamped)
                if (const auto open = store_.pulls.of_listing(listing->key); open && !open->takes_back)
                    std::tie(before, after) = std::pair{before + Delta{open->delta}, after + Delta{open->delta}};
            if (has_sold && !holds_order) after = before;
            if (has_sold && holds_order) after = after + *change.taken;
            use(*cart, store_sku, inventory::difference(before, after, rule), inventory::target(after, rule));
        }
    }
}

Result<void> Books::check_room(const Change& change, const store::Item& item, const Move& move) const {
    Result<void> result;
    for_each_listing(change, item, move,
                     [&](stack::CartState& cart, const std::string& store_sku, Delta delta, Quantity) {
                         const auto listing = store_.listings.find(cart.cart.key, store_sku);
                         if (result && listing && !queue_.has_room(listing->key, delta))
                             result = fail(ErrorCode::invalid,
                                           fmt::format("The waiting changes of {} add up beyond ±2,000,000,000.",
                                                       change.sku));
                     });
    return result;
}

void Books::post_differences(const Change& change, const store::Item& item, const Move& move, Now now) {
    for_each_listing(change, item, move,
                     [&](stack::CartState& cart, const std::string& store_sku, Delta delta, Quantity left) {
                         if (delta.pieces == 0) return;
                         auto listing =
                             store_.listings.find(cart.cart.key, store_sku).value_or(store::Listing{});
                         if (listing.key == 0 || listing.item != item.key) {
                             listing.cart = cart.cart.key;
                             listing.store_sku = store_sku;
                             listing.item = item.key;
                             store_.listings.save(listing);
                         }
                         queue_.add(cart, listing, delta, left, now);
                     });
}

void Books::record(const Change& change, Delta delta, Now now) {
    std::string text = change.qoh ? fmt::format("{}: {} counted as {} ({:+})", in_words(change.reason), change.sku,
                                                change.qoh->pieces, delta.pieces)
                                  : fmt::format("{}: {:+} of {}", in_words(change.reason), change.delta->pieces,
                                                change.sku);
    if (!change.order.empty()) text += fmt::format(", order {}", change.order);
    if (!change.reason_text.empty()) text += fmt::format(" ({})", change.reason_text);
    text += '.';
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    std::vector<std::pair<std::string, std::string>> more{{"reason", std::string{to_string(change.reason)}}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) more.emplace_back(name, value);
    };
    add("order", change.order);
    add("reason_text", change.reason_text);
    add("note", change.note);
    journal_.record({.at = now.wall,
                     .kind = "change",
                     .by = change.by,
                     .workstation = change.workstation,
                     .cart = change.origin_cart,
                     .sku = change.sku,
                     .delta = delta.pieces,
                     .text = std::move(text),
                     .more = std::move(more)});
}

void Books::watch_oversold(const store::Item& item, Now now) {
    if (item.qoh.pieces >= 0 || !item.has_baseline) {
        journal_.clear("oversold", "", item.sku);
        return;
    }
    journal_.raise({.kind = "oversold",
                    .severity = store::Severity::critical,
                    .sku = item.sku,
                    .since = now.wall,
                    .message = item.qoh.pieces == -1 ? fmt::format("{} is oversold: one piece more than there are.", item.sku)
                                                        : fmt::format("{} is oversold: {} pieces more than there are.", item.sku, -item.qoh.pieces),
                    .hint = "Tell the customer or order more; then enter the new pieces in the Order Manager.",
                    .action = "open_item"});
}

}  // namespace stocktray::sync
