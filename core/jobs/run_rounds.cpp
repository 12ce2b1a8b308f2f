// Quiet reads of the listings that could differ: asked, waited for, concluded.
#include "core/jobs/run.h"

#include <algorithm>
#include <utility>

namespace stocktray::jobs {

using sync::QuietRound;
using sync::QuietSteps;

void Run::candidate(stack::CartState& cart, const store::Listing& listing, std::int64_t book_version) {
    candidates_.push_back({listing.key, listing.store_sku, book_version});
    if (candidates_.size() == QuietRound::largest) start_round(cart);
}

void Run::start_round(stack::CartState& cart) {
    if (candidates_.empty()) return;
    std::vector<stack::ListingKey> keys;
    for (const auto& candidate : candidates_) keys.push_back(candidate.listing);
    rounds_.push_back({{orders_, cart.cart.import_news, std::exchange(candidates_, {}),
                        tools_.queue.watch(cart.cart.key, std::move(keys))}});
}

// A preview takes its first look for good.
bool Run::is_read(const Round& round) const noexcept {
    return round.reading.steps().step() == QuietSteps::Step::finished || (is_preview() && round.reading.is_paused());
}

// While the store answers for one round, what another one has shown is worked off.
void Run::work_rounds(stack::CartState& cart, Now now) {
    std::optional<AgentTime> next;
    for (auto it = rounds_.begin(); it != rounds_.end() && asked_ == Asked::nothing; ++it) {
        if (is_read(*it)) continue;
        auto& round = it->reading;
        round.resume(now.steady);
        if (auto what = tools_.scales.question(cart, round)) {
            asked_round_ = it;
            ask(cart, Asked::round, std::move(*what), now);
        } else if (round.is_paused() && (!next || round.steps().resume_at() < *next)) {
            next = round.steps().resume_at();
        }
    }
    conclude_some(cart, now);
    if (has_more_ || is_over() || asked_ != Asked::nothing) return;
    resume_at_ = next;
    if (next) tools_.journal.tell(JobNotice{job_.id});
}

void Run::conclude_some(stack::CartState& cart, Now now) {
    const auto round = std::ranges::find_if(rounds_, [&](const auto& one) { return is_read(one); });
    if (round == rounds_.end()) return;
    const auto& all = round->reading.watched();
    has_more_ = true;
    Slice slice{tools_.store};
    // The guard is asked before the first of them is done.
    while (is_guarded() && round->weighed < all.size()) {
        const auto change = deeds_.change_of(cart, job_, round->reading, all[round->weighed++], now);
        if (change) round->shown.add(change->before, change->after);
        if (round->weighed == all.size() && ask_guard_again(cart, round->shown, now)) return;
        if (!slice.goes_on()) return;
    }
    while (round->concluded < all.size()) {
        deeds_.judge(cart, job_, round->reading, all[round->concluded++], now);
        if (!slice.goes_on()) break;
    }
    if (round->concluded == all.size()) rounds_.erase(round);
    save();
}

void Run::give_up_round(const QuietRound& round, Cause cause, const std::string& why) {
    for (const auto& watched : round.watched()) {
        const auto listing = tools_.store.listings.get(watched.listing);
        if (!listing) continue;
        deeds_.wait(job_, *listing, listing->item ? tools_.store.items.get(*listing->item) : std::nullopt, cause, why);
    }
    save();
}

}  // namespace stocktray::jobs
