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

constexpr std::size_t largest_round = 250;  // listings in one read
constexpr std::string_view all_orders = "All";
constexpr std::int64_t most_settle_tries = 3;
constexpr std::size_t most_orders = 700;  // named in one question; a connector takes at most 1,000

// The answer's items as one kind, whatever question they answer.
std::vector<cart::SkuMoves> items_of(const cart::Done& done, bool& is_complete) {
    std::vector<cart::SkuMoves> items;
    if (const auto* counts = std::get_if<cart::CountsResult>(&done)) {
        is_complete = counts->is_complete;
        for (const auto& item : counts->items) items.push_back({item, {}, 0, 0});
    } else if (const auto* moves = std::get_if<cart::MovesResult>(&done)) {
        is_complete = moves->is_complete;
        items = moves->items;
    }
    return items;
}

bool is_in_doubt(const CartState& cart, const Post& post, AgentTime now) {
    return post.state == State::uncertain && !post.is_parked && !is_repeatable(cart, post, now);
}

}  // namespace

std::optional<AgentTime> Doubts::settles_at(const CartState& cart) const noexcept {
    return cart.good_since ? std::optional{*cart.good_since + board_.settings().settle} : std::nullopt;
}

void Doubts::advance(CartState& cart, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    if (cart.counts.uncertain == 0 && !cart.is_touched && !state.round) return;
    if (state.round) {
        if (state.round->step == Step::pause && state.round->resume_at <= now.steady) {
            state.round->step = Step::second;
            ask(cart, *state.round, now);
        } else if (state.round->step != Step::pause && !exchanges_.is_out_for<stack::ForDoubts>(cart.cart.key)) {
            give_up(cart, state, now);  // the question was taken back with its turn
        }
        return;
    }
    // Whatever was parked, and however: nothing is concluded from a read before the store has been good for
    // the settling time. A request that hangs there may still be worked off.
    const auto settled_at = settles_at(cart);
    if (!settled_at || *settled_at > now.steady) return;
    if (state.settle_at <= now.steady) begin_settle(cart, state, now);
    if (state.round || store_.posts.counts(cart.cart.key).parked == 0) return;
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

void Doubts::imported(CartState& cart, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    state.tries = 0;
    if (state.round && state.round->aim == Aim::quiet) state.round.reset();  // it rested on the import before
    state.quiet_at = now.steady + times_.after_import;
}

// --- settling --------------------------------------------------------------------------------------------

void Doubts::begin_settle(CartState& cart, CartDoubts& state, Now now) {
    Round round;
    round.aim = Aim::settle;
    round.step = Step::first;
    std::set<stack::ListingKey> seen;
    std::vector<Post> posts;
    for (auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (!is_in_doubt(cart, post, now.steady) || exchanges_.is_out(cart.cart.key, post.id)) continue;
        posts.push_back(post);
        if (seen.size() == largest_round || !seen.insert(post.listing).second) continue;
        if (const auto listing = store_.listings.get(post.listing))
            round.watched.push_back({listing->key, listing->store_sku, 0, std::nullopt, std::nullopt});
    }
    if (posts.empty()) return;
    if (cart.cart.learned.counts == cart::CountSource::none) {
        // Nothing can be read there: there is no proposal, and the later posts need not wait for one.
        for (auto& post : posts) queue_.park(cart, post);
        return;
    }
    round.number = ++last_round_;
    state.round = std::move(round);
    ask(cart, *state.round, now);
}

void Doubts::finish_settle(CartState& cart, const Round& round, Now now) {
    // A failure in between begins the settling anew.
    const auto settled_at = settles_at(cart);
    if (!settled_at || *settled_at > now.steady) return;
    for (const auto& watched : round.watched) {
        auto listing = store_.listings.get(watched.listing);
        if (!listing) continue;
        const bool is_equal = watched.first && watched.second && watched.first->count == watched.second->count &&
                              watched.first->count.word == cart::CountWord::count;
        for (auto& post : store_.posts.waiting_of(watched.listing)) {
            if (!is_in_doubt(cart, post, now.steady)) continue;
            if (is_equal && listing->store_qoh) {
                const auto count = watched.first->count.qoh;
                if (count == *listing->store_qoh) post.proposal = stack::Proposal::not_applied;
                if (count == *listing->store_qoh + post.delta.pieces) post.proposal = stack::Proposal::applied;
            }
            queue_.park(cart, post);
        }
        if (is_equal) {
            listing->word = cart::CountWord::count;
            listing->store_qoh = watched.first->count.qoh;
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

bool Doubts::can_be_quiet(const store::Listing& listing, const store::Item& item) const {
    if (!item.has_baseline || !item.is_tracked || item.needs_retake || store_.posts.is_busy(listing.key)) return false;
    // A repeat that is still out may be applied after the read.
    const auto stuck = store_.posts.stuck_of(listing.key);
    return std::ranges::none_of(stuck, [&](const Post& post) { return exchanges_.is_out(listing.cart, post.id); });
}

void Doubts::begin_quiet(CartState& cart, CartDoubts& state, Now now) {
    if (!cart.has_moves() && cart.cart.learned.counts == cart::CountSource::none) {
        cart.contact = stack::Contact::needed;  // it is asked again what it can do
        give_up(cart, state, now);
        return;
    }
    Round round;
    round.aim = Aim::quiet;
    round.with_moves = cart.has_moves();
    round.import = cart.cart.imports;
    round.step = round.with_moves ? Step::first : Step::orders_at_all;
    const auto keys = store_.listings.with_parked(cart.cart.key);
    if (state.next_listing >= keys.size()) state.next_listing = 0;
    std::size_t orders = 0;
    while (state.next_listing < keys.size() && round.watched.size() < largest_round && orders < most_orders) {
        const auto listing = store_.listings.get(keys[state.next_listing++]);
        if (!listing || !listing->item) continue;
        const auto item = store_.items.get(*listing->item);
        if (!item || !can_be_quiet(*listing, *item)) continue;
        round.watched.push_back({listing->key, listing->store_sku, item->book_version, std::nullopt, std::nullopt});
        queue_.watch(listing->key);
        if (round.with_moves) orders += store_.orders.open_orders(cart.cart.key, item->sku).size();
    }
    if (round.watched.empty()) {
        give_up(cart, state, now);
        return;
    }
    state.quiet_at.reset();
    round.number = ++last_round_;
    state.round = std::move(round);
    ask(cart, *state.round, now);
}

void Doubts::finish_quiet(CartState& cart, const Round& round, Now now) {
    for (const auto& watched : round.watched) {
        if (!queue_.was_touched(watched.listing)) judge(cart, watched, round, now);
        queue_.forget_watched(watched.listing);
    }
    cart.is_touched = true;
    // What could not be judged or is new is tried again, ever more rarely.
    give_up(cart, carts_[cart.cart.key], now);
}

void Doubts::judge(CartState& cart, const Watched& watched, const Round& round, Now now) {
    auto listing = store_.listings.get(watched.listing);
    if (!listing || !listing->item || !watched.first || watched.first != watched.second ||
        watched.first->count.word != cart::CountWord::count)
        return;
    const auto item = store_.items.get(*listing->item);
    if (!item || item->book_version != watched.book_version || !can_be_quiet(*listing, *item)) return;

    const bool has_siblings = cart::listings_of(cart.config(), item->sku).size() > 1;
    const auto is_here = [&](const std::string& line_listing) {
        return !has_siblings || line_listing.empty() || line_listing == listing->store_sku;
    };
    const auto lines = store_.orders.lines_of(cart.cart.key, item->sku);
    // A line that does not say which of the listings it holds leaves both of them open.
    if (has_siblings && !round.with_moves && std::ranges::any_of(lines, [](const auto& line) { return line.listing.empty(); }))
        return;
    std::vector<cart::HeldByOrder> held = watched.first->orders;
    if (!round.with_moves)
        for (const auto& line : lines)
            if (is_here(line.listing)) held.push_back({line.order, line.qty});
    auto taken = store_.orders.takings_of(cart.cart.key, item->sku);
    std::erase_if(taken, [&](const auto& taking) { return !is_here(taking.listing); });

    const auto count = watched.first->count.qoh;
    const Delta gap = inventory::gap(item->qoh, cart.target_rule(), not_imported(held, taken), {count});
    std::vector<Delta> deltas;
    for (const auto& post : store_.posts.stuck_of(listing->key)) deltas.push_back(post.delta);
    switch (verdict(gap, deltas, round.with_moves, listing->seen_gap, round.import, now.wall,
                    board_.settings().positive_gap)) {
        case Verdict::send: (void)door_.send(cart, *listing, gap, item->book_version, count, now); break;
        case Verdict::confirm:
            if (!listing->seen_gap || listing->seen_gap->pieces != gap.pieces) {
                listing->seen_gap = store::SeenGap{gap.pieces, now.wall, round.import};
                store_.listings.save(*listing);
            }
            break;
        case Verdict::person:
            journal_.raise({.kind = "needs_decision",
                            .severity = store::Severity::warning,
                            .cart = cart.id(),
                            .sku = item->sku,
                            .since = now.wall,
                            .message = fmt::format("{} has {} of {} where {} are due; the posts in doubt do not explain "
                                                   "the difference.",
                                                   cart.config().name, count, item->sku, count + gap.pieces),
                            .hint = "Count the item, then decide for each post whether it was applied.",
                            .action = "open_post"});
            break;
    }
}

// Orders below the floor that the Order Manager has not taken yet are looked at, too.
std::vector<std::string> Doubts::open_orders(const CartState& cart, const Round& round) const {
    std::set<std::string> orders;
    for (const auto& watched : round.watched) {
        const auto listing = store_.listings.get(watched.listing);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        if (!item) continue;
        for (auto& order : store_.orders.open_orders(cart.cart.key, item->sku)) orders.insert(std::move(order));
    }
    return {orders.begin(), orders.end()};
}

// --- asking ----------------------------------------------------------------------------------------------

void Doubts::ask(CartState& cart, const Round& round, Now now) {
    stack::What what;
    switch (round.step) {
        case Step::orders_at_all: what = stack::AskOrderCount{std::string{all_orders}}; break;
        case Step::orders_before:
        case Step::orders_after:
            what = stack::AskOrderCount{cart.cart.last_order.empty() ? std::string{all_orders} : cart.cart.last_order};
            break;
        case Step::pause: return;
        case Step::first:
        case Step::second: {
            std::vector<std::string> skus;
            for (const auto& watched : round.watched) skus.push_back(watched.store_sku);
            if (round.with_moves) what = stack::AskMoves{std::move(skus), cart.cart.order_floor, open_orders(cart, round)};
            else what = stack::AskCounts{std::move(skus)};
            break;
        }
    }
    exchanges_.ask(cart.cart.key, std::move(what), stack::ForDoubts{round.number}, now.steady);
}

void Doubts::answered(CartState& cart, std::int64_t round_number, const cart::Done& done, Now now) {
    CartDoubts& state = carts_[cart.cart.key];
    if (!state.round || state.round->number != round_number) return;  // of a round that was given up meanwhile
    Round& round = *state.round;
    const auto* orders = std::get_if<cart::OrderCountResult>(&done);
    const bool is_for_orders = round.step == Step::orders_at_all || round.step == Step::orders_before ||
                               round.step == Step::orders_after;
    if (is_for_orders != (orders != nullptr)) {
        give_up(cart, state, now);
        return;
    }

    if (orders != nullptr) {
        // A script that does not heed `lastorder` would call every shop quiet, or none.
        const bool is_heeded = round.step != Step::orders_at_all || cart.cart.last_order.empty() || orders->orders > 0;
        const bool is_quiet = round.step == Step::orders_at_all || orders->orders == 0;
        if (!orders->is_answered || !is_heeded || !is_quiet || round.import != cart.cart.imports) {
            give_up(cart, state, now);
            return;
        }
    } else {
        bool is_complete = false;
        auto items = items_of(done, is_complete);
        if (!is_complete) {
            give_up(cart, state, now);
            return;
        }
        for (auto& watched : round.watched) {
            const auto found = std::ranges::find_if(
                items, [&](const auto& item) { return item.count.sku == watched.store_sku; });
            if (found != items.end()) (round.step == Step::first ? watched.first : watched.second) = *found;
        }
    }
    go_on(cart, state, now);
}

void Doubts::go_on(CartState& cart, CartDoubts& state, Now now) {
    Round& round = *state.round;
    switch (round.step) {
        case Step::orders_at_all: round.step = Step::orders_before; break;
        case Step::orders_before: round.step = Step::first; break;
        case Step::first:
            round.step = Step::pause;
            round.resume_at = now.steady + times_.between_reads;
            return;
        case Step::pause: return;
        case Step::second:
            if (round.aim == Aim::quiet && !round.with_moves) {
                round.step = Step::orders_after;
                break;
            }
            [[fallthrough]];
        case Step::orders_after: {
            const Round finished = std::move(round);
            state.round.reset();
            if (finished.aim == Aim::settle) finish_settle(cart, finished, now);
            else finish_quiet(cart, finished, now);
            return;
        }
    }
    ask(cart, round, now);
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

void Doubts::watch_age(CartState& cart, Now now) {
    if (cart.counts.parked == 0) return;
    for (const auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (!post.is_parked || now.steady - post.created < board_.settings().parked) continue;
        const auto listed = store_.posts.listed(post.id);
        if (!listed) continue;
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
                        .action = "open_post"});
    }
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
        if (state->round->step == Step::pause) at(state->round->resume_at);
        return next;
    }
    if (cart.counts.uncertain > cart.counts.parked) {
        for (const auto& post : store_.posts.uncertain(cart.cart.key))
            if (is_in_doubt(cart, post, now.steady) && !exchanges_.is_out(cart.cart.key, post.id)) {
                const auto settled_at = settles_at(cart);
                if (settled_at) at(std::max(*settled_at, state != nullptr ? state->settle_at : AgentTime{}));
                break;
            }
    }
    if (cart.counts.parked > 0) {
        const bool can_read = cart.has_moves() || cart.cart.import_complete.value_or(false);
        const auto settled_at = settles_at(cart);
        if (can_read && settled_at)
            at(std::max(*settled_at, state != nullptr && state->quiet_at ? *state->quiet_at : now.steady));
        for (const auto& post : store_.posts.uncertain(cart.cart.key)) {
            const auto old_at = post.created + board_.settings().parked;
            if (post.is_parked && old_at > now.steady) at(old_at);
        }
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
