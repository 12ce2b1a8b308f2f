#include "core/sync/second_looks.h"

#include <algorithm>
#include <iterator>

namespace stocktray::sync {

using stack::CartState;

namespace {

constexpr std::size_t most_noted = 20'000;  // a bulk of posts beyond that is left to the audit
constexpr std::int64_t recalled_in_one_turn = 250;  // listings
constexpr Milliseconds soon{10'000};
constexpr Milliseconds no_answer_pause{600'000};

// What is due within the same second is looked at together, at every cart: one turn, and where it is one cart's one request.
AgentTime whole_second(AgentTime time) noexcept { return std::chrono::ceil<std::chrono::seconds>(time); }

}  // namespace

// One request must be enough: by SKU where the script can be asked so, else one page of a small shop.
bool SecondLooks::can_look(const CartState& cart) noexcept {
    using cart::CountSource;
    const auto source = cart.cart.learned.counts;
    if (cart.has_moves() || source == CountSource::qohquery) return true;
    const bool tells = source == CountSource::downloadqoh || source == CountSource::downloadprods;
    return tells && cart.cart.listed > 0 && cart.cart.listed <= cart.config().batch_size;
}

void SecondLooks::note(const CartState& cart, stack::ListingKey listing, AgentTime due) {
    if (!can_look(cart)) return;
    auto& looks = carts_[cart.cart.key];
    if (looks.due.size() >= most_noted && !looks.due.contains(listing)) return;
    if (const auto known = looks.due.find(listing); known != looks.due.end()) looks.in_time.erase({known->second, listing});
    looks.due[listing] = due;
    looks.in_time.insert({due, listing});
}

void SecondLooks::confirmed(const CartState& cart, stack::ListingKey listing, Reply reply, Now now) {
    note(cart, listing,
         whole_second(now.steady + (reply == Reply::fits ? times_.second_look : std::min(soon, times_.second_look))));
}

void SecondLooks::look(const CartState& cart, stack::ListingKey listing, Now now) {
    if (can_look(cart)) suspect(cart, carts_[cart.cart.key], listing, now.steady);
}

void SecondLooks::sold(const CartState& cart, stack::ListingKey listing) {
    if (!can_look(cart)) return;
    auto& suspects = carts_[cart.cart.key].suspects;
    if (suspects.size() < most_noted) suspects.insert(listing);
}

void SecondLooks::imported(const CartState& cart, Imports::News news, Now now) {
    const auto found = carts_.find(cart.cart.key);
    if (found == carts_.end() || found->second.suspects.empty()) return;
    auto& at = found->second.suspects_at;
    if (!at || news == Imports::News::yes) at = now.steady + times_.after_import;
}

void SecondLooks::advance(CartState& cart, Now now) {
    if (!board_.is_synchronized(cart)) return;
    CartLooks& looks = carts_[cart.cart.key];
    recall(cart, looks, now);
    if (looks.round) {
        if (looks.round->reads.is_paused()) {
            looks.round->reads.resume(now.steady);
            ask(cart, *looks.round, now);
        } else if (!exchanges_.is_out_for<stack::ForLook>(cart.cart.key)) {
            looks.round.reset();  // the question was taken back with its turn
        }
        return;
    }
    std::vector<QuietRound::Watched> watched;
    enum class Watch { begun, later, never };
    const auto watch = [&](stack::ListingKey key) {
        const auto listing = store_.listings.get(key);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        if (!item || !item->is_tracked) return Watch::never;
        if (scales_.unquiet(cart, *listing, *item, now)) return Watch::later;
        watched.push_back({listing->key, listing->store_sku, item->book_version});
        return Watch::begun;
    };
    if (looks.suspects_at && *looks.suspects_at <= now.steady) {
        looks.suspects_at.reset();
        // Without a complete import they wait for one.
        const bool can_judge = cart.has_moves() || cart.cart.import_complete.value_or(false);
        for (auto it = looks.suspects.begin(); can_judge && it != looks.suspects.end() && watched.size() < QuietRound::largest;) {
            const bool waits = watch(*it) == Watch::later;
            if (waits) looks.suspects_at = now.steady + times_.second_look;  // or with the next import
            it = waits ? std::next(it) : looks.suspects.erase(it);
        }
        if (!watched.empty()) {
            if (!looks.suspects.empty() && !looks.suspects_at) looks.suspects_at = now.steady;
            begin(cart, looks, true, cart.has_moves() ? Orders::by_moves : Orders::imported, std::move(watched), now);
            return;
        }
    }
    while (!looks.in_time.empty() && looks.in_time.begin()->first <= now.steady && watched.size() < QuietRound::largest) {
        const auto listing = looks.in_time.begin()->second;
        looks.in_time.erase(looks.in_time.begin());
        looks.due.erase(listing);
        (void)watch(listing);  // what is under way is looked at again when it is confirmed
    }
    if (!watched.empty())
        begin(cart, looks, false, cart.has_moves() ? Orders::by_moves : Orders::unasked, std::move(watched), now);
}

void SecondLooks::begin(CartState& cart, CartLooks& looks, bool is_quiet, Orders orders,
                        std::vector<QuietRound::Watched> watched, Now now) {
    looks.round.emplace(Round{++last_number_, is_quiet,
                              QuietRound{orders, cart.cart.import_news, std::move(watched), queue_.watch(cart.cart.key)}});
    ask(cart, *looks.round, now);
}

void SecondLooks::ask(CartState& cart, const Round& round, Now now) {
    if (auto what = scales_.question(cart, round.reads))
        exchanges_.ask(cart.cart.key, std::move(*what), stack::ForLook{round.number}, now.steady);
}

void SecondLooks::answered(CartState& cart, std::int64_t number, const cart::Done& done, Now now) {
    CartLooks& looks = carts_[cart.cart.key];
    if (!looks.round || looks.round->number != number) return;
    auto& reads = looks.round->reads;
    reads.answered(done, cart.cart, now.steady, times_.between_reads);
    const auto step = reads.steps().step();
    const bool is_done = looks.round->is_quiet ? step == QuietSteps::Step::finished : reads.is_paused();
    if (step == QuietSteps::Step::failed || is_done) {
        const Round round = std::move(*looks.round);
        looks.round.reset();
        if (step == QuietSteps::Step::failed) {
            put_back(looks, round, now);
            return;
        }
        if (round.is_quiet) finish_quiet(cart, looks, round, now);
        else finish_look(cart, looks, round, now);
        return;
    }
    ask(cart, *looks.round, now);
}

void SecondLooks::suspect(const CartState& cart, CartLooks& looks, stack::ListingKey listing, AgentTime at) {
    if (looks.suspects.size() < most_noted) looks.suspects.insert(listing);
    // Without the connector's word a sale looks just like a loss; the next import tells them apart.
    if (cart.has_moves() && (!looks.suspects_at || at < *looks.suspects_at)) looks.suspects_at = at;
}

// What could not be judged is still to be: where web orders have come, with their import, which sets the time.
void SecondLooks::put_back(CartLooks& looks, const Round& round, Now now) {
    if (!round.is_quiet) return;
    for (const auto& watched : round.reads.watched()) looks.suspects.insert(watched.listing);
    if (round.reads.steps().failure() == QuietSteps::Failure::no_answer) looks.suspects_at = now.steady + no_answer_pause;
}

// After a start: what did not fit by the counts that are known, and the posts that a person has cancelled. What a job that was
// cancelled had not sent is no news to anybody.
void SecondLooks::recall(CartState& cart, CartLooks& looks, Now now) {
    if (!looks.recall_after || !can_look(cart)) return;
    const auto rows = store_.listings.compare(cart.cart.key, *looks.recall_after, recalled_in_one_turn);
    for (const auto& row : rows) {
        const auto& listing = row.listing;
        looks.recall_after = listing.store_sku;
        const auto item = listing.item && listing.store_qoh ? store_.items.get(*listing.item) : std::nullopt;
        if (!item || !item->is_tracked || !item->has_baseline || row.is_busy || row.has_pull) continue;
        const auto gap = inventory::gap(item->qoh, cart.target_rule(item->sku), {}, {*listing.store_qoh});
        if (gap.pieces == 0 || looks.suspects.size() >= most_noted) continue;
        if (listing.is_aligned || (listing.held_version == item->book_version && store_.posts.has_cancelled_change(listing.key)))
            looks.suspects.insert(listing.key);
    }
    if (!rows.empty()) return;
    looks.recall_after.reset();
    if (!looks.suspects.empty() && !looks.suspects_at) looks.suspects_at = now.steady + times_.after_import;
}

void SecondLooks::finish_look(CartState& cart, CartLooks& looks, const Round& round, Now now) {
    const auto orders = round.reads.steps().orders();
    for (const auto& watched : round.reads.watched()) {
        if (!watched.first || round.reads.was_touched(watched.listing)) continue;
        const auto& look = *watched.first;
        auto listing = store_.listings.get(watched.listing);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        if (!item || look.count.word != cart::CountWord::count) continue;
        const bool was_expected = listing->store_qoh == look.count.qoh;
        const auto evidence = orders == Orders::by_moves ? scales_.weigh(cart, *listing, *item, look, orders) : std::nullopt;
        listing->store_qoh = look.count.qoh;
        listing->store_qoh_at = now.wall;
        if (!was_expected) store_.listings.save(*listing);
        const bool fits = evidence ? evidence->gap.pieces == 0 : was_expected;
        if (!fits && listing->is_aligned) suspect(cart, looks, listing->key, now.steady);
    }
}

void SecondLooks::finish_quiet(CartState& cart, CartLooks& looks, const Round& round, Now now) {
    const auto orders = round.reads.steps().orders();
    for (const auto& watched : round.reads.watched()) {
        const auto evidence = scales_.conclude(cart, round.reads, watched, now);
        if (!evidence) {
            // What moved meanwhile is read once more, when it may have come to rest.
            const bool has_moved =
                watched.first && (watched.agreed() == nullptr || round.reads.was_touched(watched.listing));
            if (has_moved) suspect(cart, looks, watched.listing, now.steady + times_.second_look);
            continue;
        }
        journal_.clear("noted", "", evidence->item.sku);
        if (evidence->gap.pieces == 0) {
            journal_.clear("drift", cart.id(), evidence->item.sku);
            continue;
        }
        // Posts in doubt have a verdict of their own.
        if (!store_.posts.stuck_of(watched.listing).empty()) continue;
        switch (repairs_.repair(cart, *evidence, orders, now)) {
            case Repaired::sent:
            case Repaired::ignored: break;
            case Repaired::held:
                // What was undone is known to who did it; of a cancelled post, which leaves its listing
                // unaligned, the difference is told.
                if (!evidence->listing.is_aligned) repairs_.name(cart, *evidence, orders, now);
                break;
            case Repaired::person:
            case Repaired::named: repairs_.name(cart, *evidence, orders, now); break;
        }
    }
    cart.is_touched = true;
}

std::optional<AgentTime> SecondLooks::next_wakeup(const CartState& cart) const {
    const auto found = carts_.find(cart.cart.key);
    if (!board_.is_synchronized(cart)) return std::nullopt;
    if (found == carts_.end()) return AgentTime{};
    const auto& looks = found->second;
    if (looks.recall_after && can_look(cart)) return AgentTime{};
    if (looks.round)
        return looks.round->reads.is_paused() ? std::optional{looks.round->reads.steps().resume_at()} : std::nullopt;
    std::optional<AgentTime> next = looks.suspects_at;
    if (!looks.in_time.empty() && (!next || looks.in_time.begin()->first < *next)) next = looks.in_time.begin()->first;
    return next;
}

}  // namespace stocktray::sync
