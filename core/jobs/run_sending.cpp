// What a job sends: counts that are replaced, posts that it waits for, and the look whether all has arrived.
#include "core/jobs/run.h"

#include <fmt/format.h>

#include <utility>

#include "core/jobs/follow.h"

namespace stocktray::jobs {

using sync::Orders;
using sync::QuietRound;
using sync::QuietSteps;

namespace {

// A count that is to be replaced must not be older.
constexpr Milliseconds replace_within{60'000};

}  // namespace

void Run::replace_slice(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    auto lines = tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, cart.config().items_per_send);
    if (lines.empty()) {
        phase_ = Phase::posting;
        cursor_.clear();
        has_more_ = true;
        return;
    }
    if (!listed_at_ || now.steady - *listed_at_ > replace_within) {
        // Law 5: what was sold since the last look would be overwritten.
        if (!list_) list_.emplace(tools_, cart.cart.key);
        list_->begin(StoreList::Look::first);
        ask(cart, Asked::read_anew, stack::AskAllCounts{}, now);
        return;
    }
    // What is sold without being imported would be overwritten, too: the last thing that is asked.
    if (orders_ == Orders::imported && !orders_came_) {
        ask(cart, Asked::orders_anew, QuietSteps::orders_since_import(cart.cart), now);
        return;
    }
    const auto orders_came = orders_came_.value_or("");
    if (orders_came.empty()) orders_came_.reset();
    std::vector<JobItem> due;
    Reach shown;
    for (auto& line : lines) {
        const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
        const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
        line.stage = Stage::none;
        tools_.store.jobs.put(line);
        if (!item || !listing->store_qoh || listing->word != cart::CountWord::count) continue;
        if (!orders_came.empty()) {
            deeds_.wait(job_, *listing, item, Cause::web_orders_not_imported, orders_came);
            continue;
        }
        if (list_ && list_->was_read() && list_->was_touched(listing->key)) {
            deeds_.wait(job_, *listing, item, Cause::in_flight, "It moved while it was read.");
            continue;
        }
        if (const auto unquiet = tools_.scales.unquiet(cart, *listing, *item, now)) {
            deeds_.wait(job_, *listing, item, *unquiet);
            continue;
        }
        cart::SkuMoves look;
        look.count = {line.store_sku, cart::CountWord::count, *listing->store_qoh};
        const auto evidence = tools_.scales.weigh(cart, *listing, *item, look, Orders::imported);
        if (!evidence || evidence->gap.pieces == 0) {
            if (evidence) deeds_.act(cart, job_, *evidence, orders_, now);
            continue;
        }
        line.before = evidence->count;
        line.delta = evidence->gap.pieces;
        line.after = evidence->count + line.delta;
        shown.add(*line.before, *line.after);
        due.push_back(std::move(line));
    }
    if (is_guarded() && ask_guard_again(cart, shown, now)) return;
    stack::AskReplace replace;
    replacing_.clear();
    for (auto& line : due) {
        // Said once and never repeated by itself; what the script made of it shows in the read-back.
        line.stage = Stage::to_read;
        line.result = ItemResult::waiting;
        tools_.store.jobs.put(line);
        replace.counts.push_back({line.store_sku, *line.after});
        replacing_.push_back(std::move(line));
    }
    save();
    has_more_ = true;
    if (!replace.counts.empty()) ask(cart, Asked::replace, std::move(replace), now);
}

void Run::orders_told_anew(const stack::CartState& cart, const cart::Done& done, Now now) {
    const auto* told = std::get_if<cart::OrderCountResult>(&done);
    if (told == nullptr || !told->is_answered) {
        if (++failures_ < most_failures) resume_at_ = now.steady + failure_pause;
        else orders_came_ = std::string{Deeds::no_answer};
        return;
    }
    failures_ = 0;
    if (import_ != cart.cart.import_news) orders_came_ = std::string{Deeds::imported_meanwhile};
    else orders_came_ = told->orders == 0 ? std::string{} : orders_not_imported(told->orders);
}

void Run::post_slice(stack::CartState& cart, Now now) {
    const auto lines = tools_.store.jobs.staged(job_.id, Stage::posted, cursor_, portion_.rows());
    Slice slice{tools_.store};
    // In the order in which they were posted: the first that is under way is what the job waits for.
    for (const auto& line : lines) {
        if (!slice.goes_on()) break;
        if (cart.cart.stop == cart::Stop::absolute_script) {
            const auto post = line.post ? tools_.store.posts.get(*line.post) : std::nullopt;
            if (post && post->state == stack::State::queued) {
                // It has turned out that this script takes differences as counts.
                if (const auto listing = tools_.store.listings.get(post->listing)) fold_unsent(cart, *listing, now);
                auto replaced = line;
                if (job_.kind != Kind::send_qoh) {
                    replaced.stage = Stage::none;
                    replaced.result = ItemResult::error;
                    replaced.delta = 0;
                    replaced.text += " This script takes differences as counts: it was not sent.";
                    tools_.store.jobs.put(replaced);
                    cursor_ = line.store_sku;
                    continue;
                }
                replaced.stage = Stage::to_replace;
                replaced.result = ItemResult::waiting;
                replaced.delta = 0;
                replaced.post.reset();
                replaced.text = "This script takes differences as counts: its count goes there in its place.";
                tools_.store.jobs.put(replaced);
                listed_at_.reset();  // what was read before that is not to be built on
                cursor_ = line.store_sku;
                continue;
            }
        }
        if (follow(tools_, job_, line) == Followed::under_way) {
            save();
            return;
        }
        cursor_ = line.store_sku;
    }
    portion_.took(slice);
    if (!lines.empty()) {
        save();
        has_more_ = true;
        return;
    }
    end_posting(cart, now);
}

void Run::end_posting(stack::CartState& cart, Now now) {
    cursor_.clear();
    if (!tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, 1).empty()) {
        phase_ = Phase::replacing;
        later_ = {};
        has_more_ = true;
        return;
    }
    if (tools_.store.jobs.staged(job_.id, Stage::to_read, {}, 1).empty()) {
        conclude_done(cart, now);
        return;
    }
    failures_ = 0;
    phase_ = Phase::reading_back;
    has_more_ = true;
    if (cart.can_ask_some()) return;
    list_.emplace(tools_, cart.cart.key);
    list_->begin(StoreList::Look::first);
    ask(cart, Asked::read_back, stack::AskAllCounts{}, now);
}

void Run::read_back_slice(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    reading_back_ = tools_.store.jobs.staged(job_.id, Stage::to_read, {}, static_cast<std::int64_t>(QuietRound::largest));
    if (reading_back_.empty()) {
        conclude_done(cart, now);
        return;
    }
    if (!cart.can_ask_some() && !list_) {
        phase_ = Phase::posting;  // the script can do less than before: its list is read
        has_more_ = true;
        return;
    }
    if (!cart.can_ask_some()) {
        for (auto& line : reading_back_) {
            const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
            cart::SkuMoves look;
            look.count.word = cart::CountWord::error;
            // What we only believe of it is no reading.
            if (listing && listing->word && list_->was_read() && list_->was_seen(listing->key))
                look.count = {line.store_sku, *listing->word, listing->store_qoh.value_or(0)};
            check_back(cart, std::move(line), look, now);
        }
        has_more_ = true;
        save();
        return;
    }
    std::vector<QuietRound::Watched> watched;
    for (const auto& line : reading_back_) watched.push_back({line.listing.value_or(0), line.store_sku});
    rounds_.clear();
    rounds_.push_back({{cart.has_moves() ? Orders::by_moves : Orders::unasked, cart.cart.import_news, std::move(watched), nullptr}});
    asked_round_ = rounds_.begin();
    const auto& round = asked_round_->reading;
    if (auto what = tools_.scales.question(cart, round))
        ask(cart, Asked::read_back, std::move(*what), now);
}

// What the script said and what is true, told apart.
void Run::check_back(stack::CartState& cart, JobItem line, const cart::SkuMoves& look, Now now) {
    const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
    const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    const bool was_replaced = !line.post;
    const auto due = line.before.value_or(0) + line.delta;
    line.stage = Stage::none;
    const auto say_applied = [&] {
        if (!was_replaced) line.text += " The store has confirmed it.";
    };
    if (!item || look.count.word != cart::CountWord::count) {
        // Of a post the store has said that it was applied; of a replaced count nobody knows.
        line.result = was_replaced ? ItemResult::different : ItemResult::ok;
        say_applied();
        line.text += " It could not be read back.";
    } else if (tools_.scales.unquiet(cart, *listing, *item, now)) {
        line.result = was_replaced ? ItemResult::different : ItemResult::ok;
        say_applied();
        line.text += " It has moved on before it could be read back.";
    } else {
        const auto orders = cart.has_moves() ? Orders::by_moves : Orders::imported;
        const auto evidence = tools_.scales.weigh(cart, *listing, *item, look, orders);
        line.after = look.count.qoh;
        const bool is_right = job_.kind == Kind::undo ? look.count.qoh == due : evidence && evidence->gap.pieces == 0;
        // A store that remembers keys has applied its post for certain: what is less was sold since.
        const bool is_proven = line.post && cart.has_keys() && look.count.qoh < due && orders != Orders::by_moves;
        if (is_right || is_proven || look.count.qoh == due) {
            line.result = ItemResult::ok;
            line.text += is_proven ? fmt::format(" Confirmed: the store has {} now, for it was sold meanwhile.", look.count.qoh)
                                   : fmt::format(" Confirmed: read back, the store has {}.", look.count.qoh);
            if (evidence && evidence->gap.pieces == 0 && was_replaced)
                (void)tools_.door.send(cart, *evidence, sync::Sender::send_qoh, now);
        } else if (job_.kind == Kind::undo) {
            line.result = ItemResult::ok;
            say_applied();
            line.text += fmt::format(" The store has {} now.", look.count.qoh);
        } else {
            line.result = ItemResult::different;
            line.cause = evidence ? tools_.repairs.cause_of(cart, *evidence, orders) : Cause::unknown;
            line.text += fmt::format(" Read back: the store has {} where {} were due{}.", look.count.qoh, due,
                                     orders == Orders::by_moves ? "" : " (sold meanwhile, or the script did not do it)");
        }
    }
    tools_.store.jobs.put(line);
}

}  // namespace stocktray::jobs
