#include "core/sync/doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/inventory/listing.h"
#include "core/stack/repeatable.h"

namespace stocktray::sync {

using inventory::Delta;
using stack::CartState;
using stack::Post;
using stack::State;
using stack::WaitingFor;

namespace {

constexpr std::int64_t most_settle_tries = 3;
constexpr std::size_t most_orders = 700;  // named in one question; a connector takes at most 1,000

bool is_in_doubt(const CartState& cart, const Post& post, AgentTime now) {
    return post.state == State::uncertain && !post.is_parked && !is_repeatable(cart, post, now);
}

}  // namespace

void Doubts::advance(CartState& cart, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    if (cart.counts.uncertain == 0 && !cart.is_touched && !state.round) return;
    if (state.round) {
        auto& reads = state.round->reads;
        if (reads.is_paused()) {
            reads.resume(now.steady);
            if (!reads.is_paused()) ask(cart, *state.round, now);
        } else if (!exchanges_.is_out_for<stack::ForDoubts>(cart.cart.key)) {
            give_up(cart, state, now);  // the question was taken back with its turn
        }
        return;
    }
    // Whatever was parked, and however: nothing is concluded from a read before the store has been good for
    // the settling time. A request that hangs there may still be worked off.
    const auto settled_at = board_.settles_at(cart);
    if (!settled_at || *settled_at > now.steady) return;
    if (state.settle_at <= now.steady) begin_settle(cart, state, now);
    if (state.round) return;
    // A verdict may send what is missing: nothing of the kind for a cart that is off, whatever job asks it.
    if (!board_.is_synchronized(cart)) return;
    // Some of those in doubt may have been parked just now.
    const bool has_parked = cart.counts.parked > 0 || (cart.counts.uncertain > 0 && store_.posts.has_parked(cart.cart.key));
    if (!has_parked) return;
    const bool can_read = cart.has_moves() || cart.cart.import_complete.value_or(false);
    if (!state.quiet_at && can_read) state.quiet_at = now.steady + (cart.has_moves() ? Milliseconds{0} : times_.after_import);
    if (state.quiet_at && can_read && *state.quiet_at <= now.steady) begin_quiet(cart, state, now);
}

void Doubts::park_all(CartState& cart, Now now) {
    carts_[cart.cart.key].round.reset();
    if (cart.counts.uncertain == cart.counts.parked && !cart.is_touched) return;
    for (auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (post.is_parked) continue;
        queue_.park(cart, post);
        // Parked before its time: it settles all the same, from the next good answer on.
        cart.good_since.reset();
        cart.last_failure = now.steady;
    }
}

void Doubts::imported(CartState& cart, Imports::News news, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    const auto at = now.steady + times_.after_import;
    // It changes nothing of what the last read rested on, and there may be one every few seconds.
    if (news == Imports::News::no) {
        if (!state.round && !state.quiet_at) state.quiet_at = at;
        return;
    }
    // Where the connector names the orders itself, no import disturbs a read.
    if (cart.has_moves()) {
        if (!state.round && (!state.quiet_at || *state.quiet_at > at)) state.quiet_at = at;
        return;
    }
    state.tries = 0;
    if (state.round && state.round->aim == Aim::quiet) state.round.reset();  // it rested on the import before
    state.quiet_at = now.steady + times_.after_import;
}

// --- settling --------------------------------------------------------------------------------------------

void Doubts::begin_settle(CartState& cart, CartDoubts& state, Now now) {
    if (cart.counts.uncertain == cart.counts.parked) return;
    std::set<stack::ListingKey> seen;
    std::vector<Post> posts;
    std::vector<QuietRound::Watched> watched;
    for (auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (!is_in_doubt(cart, post, now.steady) || exchanges_.is_out(cart.cart.key, post.id)) continue;
        posts.push_back(post);
        if (seen.size() == QuietRound::largest || !seen.insert(post.listing).second) continue;
        if (const auto listing = store_.listings.get(post.listing)) watched.push_back({listing->key, listing->store_sku});
    }
    if (posts.empty()) return;
    if (cart.cart.learned.counts == cart::CountSource::none) {
        // Nothing can be read there: there is no proposal, and the later posts need not wait for one.
        for (auto& post : posts) queue_.park(cart, post);
        return;
    }
    state.round = Round{++last_round_, Aim::settle,
                        QuietRound{Orders::unasked, cart.cart.import_news, std::move(watched), nullptr}};
    ask(cart, *state.round, now);
}

void Doubts::finish_settle(CartState& cart, const Round& round, Now now) {
    // A failure in between begins the settling anew.
    const auto settled_at = board_.settles_at(cart);
    if (!settled_at || *settled_at > now.steady) return;
    for (const auto& watched : round.reads.watched()) {
        auto listing = store_.listings.get(watched.listing);
        if (!listing) continue;
        const auto* look = watched.agreed();
        const bool is_equal = look != nullptr && look->count.word == cart::CountWord::count;
        for (auto& post : store_.posts.waiting_of(watched.listing)) {
            if (!is_in_doubt(cart, post, now.steady)) continue;
            if (is_equal && listing->store_qoh) {
                const auto count = look->count.qoh;
                if (count == *listing->store_qoh) post.proposal = stack::Proposal::not_applied;
                if (count == *listing->store_qoh + post.delta.pieces) post.proposal = stack::Proposal::applied;
            }
            queue_.park(cart, post);
        }
        if (is_equal) {
            listing->word = cart::CountWord::count;
            listing->store_qoh = look->count.qoh;
            listing->store_qoh_at = now.wall;
            store_.listings.save(*listing);
        }
    }
    CartDoubts& state = carts_[cart.cart.key];
    state.tries = 0;
    state.settle_tries = 0;
    state.quiet_at.reset();
    cart.is_touched = true;
}

// --- the quiet read --------------------------------------------------------------------------------------

void Doubts::begin_quiet(CartState& cart, CartDoubts& state, Now now) {
    if (!cart.has_moves() && cart.cart.learned.counts == cart::CountSource::none) {
        cart.contact = stack::Contact::needed;  // it is asked again what it can do
        give_up(cart, state, now);
        return;
    }
    const auto orders = cart.has_moves() ? Orders::by_moves : Orders::imported;
    const auto keys = store_.listings.with_parked(cart.cart.key);
    if (state.next_listing >= keys.size()) state.next_listing = 0;
    std::vector<QuietRound::Watched> watched;
    std::size_t named = 0;
    while (state.next_listing < keys.size() && watched.size() < QuietRound::largest && named < most_orders) {
        const auto listing = store_.listings.get(keys[state.next_listing++]);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        if (!item || !item->is_tracked || scales_.unquiet(cart, *listing, *item, now)) continue;
        watched.push_back({listing->key, listing->store_sku, item->book_version});
        if (cart.has_moves()) named += store_.orders.open_orders(cart.cart.key, item->sku).size();
    }
    if (watched.empty()) {
        give_up(cart, state, now);
        return;
    }
    state.quiet_at.reset();
    state.round = Round{++last_round_, Aim::quiet,
                        QuietRound{orders, cart.cart.import_news, std::move(watched), queue_.watch(cart.cart.key)}};
    ask(cart, *state.round, now);
}

void Doubts::finish_quiet(CartState& cart, const Round& round, Now now) {
    for (const auto& watched : round.reads.watched()) judge(cart, watched, round.reads, now);
    cart.is_touched = true;
    // What could not be judged or is new is tried again, ever more rarely.
    give_up(cart, carts_[cart.cart.key], now);
}

void Doubts::judge(CartState& cart, const QuietRound::Watched& watched, const QuietRound& reads, Now now) {
    const auto evidence = scales_.conclude(cart, reads, watched, now);
    if (!evidence) return;
    auto listing = evidence->listing;
    const auto& item = evidence->item;
    journal_.clear("noted", "", item.sku);  // whatever it was about is in this gap
    const auto gap = evidence->gap;
    const auto count = evidence->count;
    const auto& steps = reads.steps();
    std::vector<Delta> deltas;
    for (const auto& post : store_.posts.stuck_of(listing.key)) deltas.push_back(post.delta);
    // What a person has undone here is not to be done again by a verdict.
    const bool is_held = listing.held_version == item.book_version && gap.pieces != 0;
    switch (is_held ? Verdict::person : verdict(gap, deltas, steps.orders() == Orders::by_moves, listing.seen_gap, cart.cart.imports, now.steady,
                    board_.settings().positive_gap)) {
        case Verdict::send: (void)door_.send(cart, *evidence, Sender::verdict, now); break;
        case Verdict::confirm:
            if (!listing.seen_gap || listing.seen_gap->pieces != gap.pieces) {
                listing.seen_gap = store::SeenGap{gap.pieces, now.steady, cart.cart.imports};
                store_.listings.save(listing);
            }
            break;
        case Verdict::person:
            journal_.raise({.kind = "needs_decision",
                            .severity = store::Severity::warning,
                            .cart = cart.id(),
                            .sku = item.sku,
                            .since = now.wall,
                            .message = fmt::format("{} has {} of {} where {} are due; the posts in doubt do not explain "
                                                   "the difference.",
                                                   cart.config().name, count, item.sku, count + gap.pieces),
                            .hint = "Count the item, then decide for each post whether it was applied.",
                            .action = "decide_post"});
            break;
    }
}

// --- asking ----------------------------------------------------------------------------------------------

void Doubts::ask(CartState& cart, const Round& round, Now now) {
    if (auto what = scales_.question(cart, round.reads))
        exchanges_.ask(cart.cart.key, std::move(*what), stack::ForDoubts{round.number}, now.steady);
}

void Doubts::answered(CartState& cart, std::int64_t round_number, const cart::Done& done, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    if (!state.round || state.round->number != round_number) return;  // of a round that was given up meanwhile
    auto& reads = state.round->reads;
    reads.answered(done, cart.cart, now.steady, times_.between_reads);
    switch (reads.steps().step()) {
        case QuietSteps::Step::failed: give_up(cart, state, now); return;
        case QuietSteps::Step::finished: {
            const Round finished = std::move(*state.round);
            state.round.reset();
            if (finished.aim == Aim::settle) finish_settle(cart, finished, now);
            else finish_quiet(cart, finished, now);
            return;
        }
        default: ask(cart, *state.round, now);  // nothing to be asked in the pause
    }
}

void Doubts::give_up(CartState& cart, CartDoubts& state, Now now) {
    const bool was_settling = state.round && state.round->aim == Aim::settle;
    state.round.reset();
    const auto wait_after = [&](std::int64_t tries) {
        const auto doublings = std::min<std::int64_t>(tries, 20);
        return std::min(times_.backoff.cap, times_.backoff.base * (std::int64_t{1} << doublings));
    };
    if (!was_settling) {
        state.quiet_at = now.steady + wait_after(state.tries++);
        return;
    }
    state.settle_at = now.steady + wait_after(state.settle_tries++);
    if (state.settle_tries < most_settle_tries) return;
    // The store answers but does not tell its counts: there is no proposal, and later posts need not wait for one.
    for (auto& post : store_.posts.uncertain(cart.cart.key))
        if (is_in_doubt(cart, post, now.steady)) queue_.park(cart, post);
    state.settle_tries = 0;
}

// --- time and words --------------------------------------------------------------------------------------

std::optional<AgentTime> Doubts::watch_age(const CartState& cart, Now now) {
    std::optional<AgentTime> next;
    if (cart.counts.parked == 0) return next;
    std::set<std::string> told;  // one notice stands for all posts of a SKU
    for (const auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (!post.is_parked) continue;
        const auto old_at = post.created + board_.settings().parked;
        if (old_at > now.steady) {
            next = next ? std::min(*next, old_at) : old_at;
            continue;
        }
        const auto listed = store_.posts.listed(post.id);
        if (!listed || !told.insert(listed->sku).second) continue;
        const auto listing = store_.listings.get(post.listing);
        journal_.raise({.kind = "needs_decision",
                        .severity = store::Severity::warning,
                        .cart = cart.id(),
                        .sku = listed->sku,
                        .since = now.wall,
                        .message = fmt::format("Not known whether {} was changed by {:+} at {}{}.", listed->sku,
                                               post.delta.pieces, cart.config().name,
                                               listing && listing->store_qoh
                                                   ? fmt::format(" (its count was {} at the last look)", *listing->store_qoh)
                                                   : ""),
                        .hint = "Import the cart's web orders in the Order Manager, or decide whether it was applied.",
                        .action = "decide_post"});
    }
    return next;
}

std::optional<AgentTime> Doubts::next_wakeup(const CartState& cart, Now now) const {
    if (cart.counts.uncertain == 0) return std::nullopt;
    const auto found = carts_.find(cart.cart.key);
    const CartDoubts* state = found == carts_.end() ? nullptr : &found->second;
    std::optional<AgentTime> next;
    const auto at = [&](std::optional<AgentTime> time) {
        if (time && (!next || *time < *next)) next = *time;
    };
    if (state != nullptr && state->round) {
        if (state->round->reads.is_paused()) at(state->round->reads.steps().resume_at());
        return next;
    }
    if (cart.counts.uncertain > cart.counts.parked) {
        for (const auto& post : store_.posts.uncertain(cart.cart.key))
            if (is_in_doubt(cart, post, now.steady) && !exchanges_.is_out(cart.cart.key, post.id)) {
                const auto settled_at = board_.settles_at(cart);
                if (settled_at) at(std::max(*settled_at, state != nullptr ? state->settle_at : AgentTime{}));
                break;
            }
    }
    if (cart.counts.parked > 0) {
        const bool can_read = cart.has_moves() || cart.cart.import_complete.value_or(false);
        const auto settled_at = board_.settles_at(cart);
        if (can_read && settled_at && board_.is_synchronized(cart))
            at(std::max(*settled_at, state != nullptr && state->quiet_at ? *state->quiet_at : now.steady));
    }
    return next;
}

WaitingFor Doubts::waits_for(const CartState& cart, const Post& post, Now now) const {
    if (!post.is_parked)
        return is_repeatable(cart, post, now.steady) ? WaitingFor::verification : WaitingFor::settling;
    if (now.steady - post.created >= board_.settings().parked) return WaitingFor::person;
    return cart.has_moves() ? WaitingFor::verification : WaitingFor::order_import;
}

}  // namespace stocktray::sync
