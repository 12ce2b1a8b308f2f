// SKUs of finished jobs that wait: looked at again in rounds, until each is quiet or a person has to know.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/jobs/drift_notice.h"
#include "core/jobs/follow.h"
#include "core/jobs/guard.h"
#include "core/jobs/jobs.h"

namespace stocktray::jobs {
namespace {

using sync::Orders;
using sync::QuietRound;

constexpr std::int64_t lines_per_slice = 400;
// In one round where its whole list is read for any number of SKUs: in memory.
constexpr std::size_t most_by_list = 10'000;
constexpr Milliseconds post_takes{2'000};  // while its line waits for it, at first

std::size_t most_in_round(const stack::CartState& cart) noexcept {
    const bool reads_list = cart.config().kind == "seti" && !cart.can_ask_some();
    return reads_list ? most_by_list : QuietRound::largest;
}

}  // namespace

void Jobs::imported(const stack::CartState& cart, Now now) {
    Waiting& waiting = waiting_[cart.cart.key];
    if (cart.has_moves() && waiting.round) return;  // the connector names the orders itself
    waiting.tries = 0;
    waiting.forget_reading();  // it rested on the import before
    waiting.job = 0;
    waiting.cursor.clear();
    waiting.look_at = now.steady + tools_.times.after_import;
}

// From the beginning, in a while.
void Jobs::look_at_waiting(stack::CartKey cart, Now now) {
    waiting_.erase(cart);
    if (!tools_.store.jobs.with_waiting(cart).empty()) waiting_[cart].look_at = now.steady + tools_.times.after_import;
    if (auto* state = tools_.board.get(cart); state != nullptr && !runs_.contains(cart))
        state->job_needs = needs_of_waiting(cart);
}

// Also a cart that is off is asked while SKUs of its jobs wait: it was said that they go on by themselves. A post in
// doubt is no reason; that goes on when the cart is on again.
stack::JobNeeds Jobs::needs_of_waiting(stack::CartKey cart) const {
    auto needs = stack::JobNeeds::nothing;
    for (const auto& job : tools_.store.jobs.with_waiting(cart)) {
        const auto posts = tools_.store.posts.counts(cart);
        const bool has_posts = puts_posts(job.kind) && posts.queued + posts.sending > 0;
        if (!has_posts && !tools_.store.jobs.has_waiting_for_store(job.id)) continue;
        needs = std::max(needs, puts_posts(job.kind) ? stack::JobNeeds::posts : stack::JobNeeds::answers);
    }
    return needs;
}

void Jobs::advance_waiting(stack::CartState& cart, Now now) {
    const auto found = waiting_.find(cart.cart.key);
    if (found == waiting_.end()) return;
    Waiting& waiting = found->second;
    if (waiting.round) {
        auto& reading = waiting.round->reading;
        if (reading.steps().is_over()) {
            conclude_waiting(cart, waiting, now);
        } else if (reading.is_paused()) {
            reading.resume(now.steady);
            ask_for(cart, waiting, now);
        } else if (!tools_.exchanges.is_out_for<stack::ForJob>(cart.cart.key)) {
            pause_waiting(waiting, now);
        }
        return;
    }
    if (!waiting.look_at || *waiting.look_at > now.steady) return;
    waiting.look_at.reset();
    if (begin_waiting(cart, waiting, now)) return;
    // All of them were looked at: again after a while.
    cart.job_needs = needs_of_waiting(cart.cart.key);
    if (!tools_.store.jobs.with_waiting(cart.cart.key).empty()) pause_waiting(waiting, now);
}

// What its round is to be told next, if anything.
void Jobs::ask_for(const stack::CartState& cart, const Waiting& waiting, Now now) {
    const auto& reading = waiting.round->reading;
    if (auto what = tools_.scales.question(cart, reading))
        tools_.exchanges.ask(cart.cart.key, std::move(*what), stack::ForJob{waiting.job, waiting.ticket}, now.steady);
}

// One slice of it: a round takes as many turns as it needs to be gathered.
bool Jobs::begin_waiting(stack::CartState& cart, Waiting& waiting, Now now) {
    for (const auto& job : tools_.store.jobs.with_waiting(cart.cart.key)) {
        if (waiting.job > job.id) continue;  // the round before had got to a later one
        if (waiting.job != job.id) waiting.cursor.clear();
        // A person's word that no web order waits was given for the moment in which the job began.
        const auto orders = cart.has_moves()                            ? std::optional{Orders::by_moves}
                            : cart.cart.import_complete.value_or(false) ? std::optional{Orders::imported}
                                                                        : std::nullopt;
        if (waiting.job != job.id || !orders) waiting.gathered.clear();
        waiting.job = job.id;
        // What the round before has sent: its lines end as soon as the store has it.
        if (waiting.gathered.empty())
            for (const auto& line : tools_.store.jobs.staged(job.id, Stage::posted, {}, lines_per_slice))
                if (follow(tools_, job, line) == Followed::under_way) waiting.follows_posts = true;
        auto lines = tools_.store.jobs.waiting(job.id, waiting.cursor, lines_per_slice);
        const auto most = most_in_round(cart);
        for (auto& line : lines) {
            if (waiting.gathered.size() >= most) break;
            waiting.cursor = line.store_sku;
            if (line.post) {
                if (follow(tools_, job, line) == Followed::under_way) waiting.follows_posts = true;
                continue;
            }
            if (job.kind == Kind::undo) continue;  // it ends with the Order Manager's acknowledgement
            auto candidate = take_up_again(cart, job, std::move(line), now);
            if (!candidate) continue;
            if (orders) waiting.gathered.push_back(std::move(*candidate));
            else say_what_is_missing(cart, job, candidate->store_sku);
        }
        const bool is_full = waiting.gathered.size() >= most || lines.empty();
        if (is_full && !waiting.gathered.empty()) {
            std::vector<stack::ListingKey> keys;
            for (const auto& watched : waiting.gathered) keys.push_back(watched.listing);
            waiting.ticket = ++last_ticket_;
            waiting.round = Round{{*orders, cart.cart.import_news, std::exchange(waiting.gathered, {}),
                                   tools_.queue.watch(cart.cart.key, std::move(keys))}};
            ask_for(cart, waiting, now);
            return true;
        }
        if (!lines.empty()) {
            waiting.look_at = now.steady;  // the rest of this job in the next turn
            return true;
        }
    }
    waiting.job = 0;
    waiting.cursor.clear();
    waiting.gathered.clear();
    return false;
}

// It waits for an import now, whatever it waited for when the job met it.
void Jobs::say_what_is_missing(const stack::CartState& cart, const Job& job, const std::string& store_sku) {
    auto line = tools_.store.jobs.item(job.id, store_sku);
    auto text = Deeds::orders_unknown(cart);
    if (!line || line->text == text) return;
    line->cause = Cause::web_orders_not_imported;
    line->text = std::move(text);
    tools_.store.jobs.put(*line);
}

// A line that waits: to be read now, or still not to be concluded from, or at its end because nothing can
// come of it any more.
std::optional<QuietRound::Watched> Jobs::take_up_again(stack::CartState& cart, const Job& job, JobItem line,
                                                       Now now) {
    Deeds deeds{tools_, {}};
    auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
    const auto om_sku = cart::om_sku_of(cart.config(), line.store_sku);
    if (listing && !listing->item && om_sku)
        if (const auto known = tools_.store.items.find(*om_sku)) {
            listing->item = known->key;
            tools_.store.listings.save(*listing);
        }
    const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    if (item && deeds.leave_out(cart, job, *listing, *item)) return std::nullopt;
    if (!listing || (!item && om_sku != line.store_sku)) {
        const bool is_excluded = cart.config().exclude.contains(line.sku);
        deeds.end(std::move(line), ItemResult::skipped,
                  std::string{is_excluded ? Deeds::excluded : Deeds::sold_otherwise});
        return std::nullopt;
    }
    if (job.kind == Kind::send_qoh && !Deeds::takes_differences(cart)) {
        deeds.end(std::move(line), ItemResult::error, std::string{Deeds::only_by_hand});
        return std::nullopt;
    }
    if (!item) {
        if (deeds.is_to_be_created(job, *listing)) {
            if (tools_.store.pulls.is_open_for(listing->store_sku)) return std::nullopt;
            return QuietRound::Watched{listing->key, listing->store_sku, 0};
        }
        deeds.act_on_stranger(cart, job, *listing, {}, now);
        return std::nullopt;
    }
    if (tools_.scales.unquiet(cart, *listing, *item, now)) return std::nullopt;
    return QuietRound::Watched{listing->key, listing->store_sku, item->book_version};
}

// One slice of a round that is over.
void Jobs::conclude_waiting(stack::CartState& cart, Waiting& waiting, Now now) {
    waiting.look_at = now.steady;
    const auto job = tools_.store.jobs.get(waiting.job);
    if (!job) return waiting.forget_reading();
    const bool has_failed = waiting.round->reading.steps().step() == sync::QuietSteps::Step::failed;
    const bool has_more = has_failed ? give_up_slice(cart, waiting) : conclude_slice(cart, waiting, *job, now);
    tools_.journal.tell(JobNotice{job->id});
    if (has_more) return;
    if (has_failed) return pause_waiting(waiting, now);
    waiting.forget_reading();
    tell_drift(tools_, cart, *job, now);
    if (job->kind != Kind::audit) look_at_drift(tools_, cart, now);
}

bool Jobs::conclude_slice(stack::CartState& cart, Waiting& waiting, const Job& job, Now now) {
    auto& round = *waiting.round;
    const auto& all = round.reading.watched();
    Deeds deeds{tools_, {}};
    Slice slice{tools_.store};
    const auto still_waiting = [&](const QuietRound::Watched& watched) {
        auto line = tools_.store.jobs.item(job.id, watched.store_sku);
        return line && line->result == ItemResult::waiting && !line->post ? line : std::nullopt;
    };
    while (round.weighed < all.size()) {
        const auto& watched = all[round.weighed++];
        if (still_waiting(watched))
            if (const auto change = deeds.change_of(cart, job, round.reading, watched, now))
                round.shown.add(change->before, change->after);
        if (!slice.goes_on()) return true;
    }
    // Counts may have been wiped out since somebody started this job.
    const auto words = job.kind == Kind::audit || job.options.overrides_guard
                           ? std::nullopt
                           : guard(round.shown, tools_.board.settings().wipe_guard_percent);
    while (round.concluded < all.size()) {
        const auto& watched = all[round.concluded++];
        auto line = still_waiting(watched);
        const auto change = line && words ? deeds.change_of(cart, job, round.reading, watched, now) : std::nullopt;
        if (line && change && change->before != change->after)
            deeds.end(
                std::move(*line), ItemResult::skipped,
                fmt::format("It is not done by itself any more: {} Start the job again.", words->message));
        else if (line)
            deeds.judge(cart, job, round.reading, watched, now);
        if (line && !still_waiting(watched)) {
            waiting.tries = 0;
            waiting.follows_posts = true;
        }
        if (!slice.goes_on()) break;
    }
    return round.concluded < all.size();
}

// Whatever its lines waited for before: this is why they wait now.
bool Jobs::give_up_slice(const stack::CartState& cart, Waiting& waiting) {
    auto& round = *waiting.round;
    const auto& all = round.reading.watched();
    const auto& steps = round.reading.steps();
    const bool is_of_orders = steps.failure() != sync::QuietSteps::Failure::no_answer;
    const auto cause = is_of_orders ? Cause::web_orders_not_imported : Cause::unknown;
    const auto text = is_of_orders ? Deeds::orders_unknown(cart, steps) : std::string{Deeds::no_answer};
    Slice slice{tools_.store};
    while (round.concluded < all.size()) {
        auto line = tools_.store.jobs.item(waiting.job, all[round.concluded++].store_sku);
        if (line && line->result == ItemResult::waiting && !line->post && line->text != text) {
            line->cause = cause;
            line->text = text;
            tools_.store.jobs.put(*line);
        }
        if (!slice.goes_on()) break;
    }
    return round.concluded < all.size();
}

void Jobs::pause_waiting(Waiting& waiting, Now now) {
    waiting.forget_reading();
    const auto doublings = std::min<std::int64_t>(waiting.tries++, 20);
    const auto base = std::exchange(waiting.follows_posts, false) ? post_takes : tools_.times.backoff.base;
    waiting.look_at = now.steady + std::min(tools_.times.backoff.cap, base * (std::int64_t{1} << doublings));
}

}  // namespace stocktray::jobs
