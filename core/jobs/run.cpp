#include "core/jobs/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/jobs/drift_notice.h"
#include "core/stack/diagnosis.h"

namespace stocktray::jobs {

using sync::Orders;
using sync::QuietSteps;

namespace {

// A person who names so few SKUs has looked at them: they are read one by one, and the guard does not ask.
constexpr std::int64_t few_skus = 25;

std::int64_t sum_of(const Counts& counts) {
    std::int64_t sum = 0;
    for (const auto& [result, skus] : counts) sum += skus;
    return sum;
}

std::string said_by_script(const cart::ReplaceItem& item) {
    switch (item.word) {
        case cart::ReplaceWord::ok: return {};
        case cart::ReplaceWord::not_found: return " The script does not know it.";
        case cart::ReplaceWord::not_tracked: return " The script does not count it.";
        case cart::ReplaceWord::ambiguous: return " The script has it more than once.";
        case cart::ReplaceWord::error: return fmt::format(" The script says: {}.", item.text);
        case cart::ReplaceWord::no_answer: return " The script did not answer for it.";
        case cart::ReplaceWord::unsendable: return fmt::format(" It was not sent: {}", item.text);
    }
    return {};
}

}  // namespace

Run::Run(Tools& tools, Job job, std::vector<JobId> older, std::int64_t& tickets)
    : tools_{tools},
      deeds_{tools, older},
      job_{std::move(job)},
      has_older_{!older.empty()},
      tickets_{tickets} {}

void Run::save() {
    const auto counts = tools_.store.jobs.counts(job_.id);
    job_.done = sum_of(counts);
    // How much there is to take back is known when it has been done.
    if (job_.kind != Kind::undo || is_over()) job_.total = std::max(job_.total, job_.done);
    tools_.store.jobs.save(job_);
    tools_.journal.tell(JobNotice{job_.id, is_over()});
}

void Run::finish(State state, Now now) {
    if (const auto waiting = tools_.store.pulls.count(); waiting > 0) tools_.journal.tell(PullNotice{waiting});
    job_.state = state;
    job_.finished_at = now.wall;
    phase_ = Phase::begin;
    has_more_ = false;
    save();
}

void Run::ask(stack::CartState& cart, Asked asked, stack::What what, Now now) {
    asked_ = asked;
    ticket_ = ++tickets_;
    tools_.exchanges.ask(cart.cart.key, std::move(what), stack::ForJob{job_.id, ticket_}, now.steady);
}

Run::Stretch Run::stretch_of(Phase phase) noexcept {
    switch (phase) {
        case Phase::begin:
        case Phase::listing:
        case Phase::weighing: break;
        case Phase::acting:
        case Phase::missing:
        case Phase::selecting:
        case Phase::rounds: return Stretch::comparing;
        case Phase::undoing: return Stretch::undoing;
        case Phase::replacing: return Stretch::replacing;
        case Phase::posting: return Stretch::posting;
        case Phase::reading_back:
        case Phase::ending: return Stretch::reading_back;
    }
    return Stretch::reading;
}

// A SKU whose post is still on its way is not done yet.
std::int64_t Run::shown_done() const noexcept {
    if (phase_ != Phase::posting) return job_.done;
    const auto* cart = std::as_const(tools_.board).get(job_.cart);
    const auto under_way = cart != nullptr ? cart->counts.queued + cart->counts.sending : 0;
    return std::max<std::int64_t>(0, job_.done - under_way);
}

Run::Doing Run::doing() const noexcept {
    if (is_held_ || is_over()) return {};
    const auto words = [&]() -> std::string_view {
        if (phase_ == Phase::begin) return "begins";
        switch (stretch_of(phase_)) {
            case Stretch::reading:
                if (phase_ == Phase::weighing) return "weighs what would change";
                return resume_at_ ? "waits before it reads the store's counts again" : "reads the store's counts";
            case Stretch::comparing:
                return resume_at_ ? "waits before it looks at the counts again" : "compares the counts";
            case Stretch::undoing: return "takes back";
            case Stretch::replacing: return "replaces counts";
            case Stretch::posting: return "waits for its posts";
            case Stretch::reading_back: return "reads back what the store has";
        }
        return {};
    }();
    return {words, resume_at_, shown_done(), stretch_done_, stretch_since_};
}

void Run::hold() {
    if (is_over()) return;
    is_held_ = true;
    if (job_.state == State::waiting) return;
    job_.state = State::waiting;
    save();
}

void Run::advance(stack::CartState& cart, Now now) {
    if (is_over()) return;
    is_held_ = false;
    has_more_ = false;
    if (resume_at_ && *resume_at_ > now.steady) return;
    resume_at_.reset();
    if (job_.state != State::running) {
        job_.state = State::running;
        save();
    }
    if (const auto stretch = stretch_of(phase_); stretch != stretch_) {
        stretch_ = stretch;
        stretch_since_ = now.steady;
        stretch_done_ = shown_done();
    }
    if (list_for_ != Asked::nothing) return take_list_over(cart);
    switch (phase_) {
        case Phase::begin: begin(cart); break;
        case Phase::listing: go_on_listing(cart, now); break;
        case Phase::weighing: weigh_slice(cart, now); break;
        case Phase::acting:
            if (rounds_.size() < most_rounds) act_slice(cart, now);
            work_rounds(cart, now);
            break;
        case Phase::selecting:
            if (rounds_.size() < most_rounds) select_slice(cart, now);
            work_rounds(cart, now);
            break;
        case Phase::missing: miss_slice(cart); break;
        case Phase::rounds:
            work_rounds(cart, now);
            if (rounds_.empty() && asked_ == Asked::nothing) {
                phase_ = Phase::replacing;
                later_ = {};
                cursor_.clear();
                has_more_ = true;
            }
            break;
        case Phase::undoing: undo_slice(cart, now); break;
        case Phase::replacing: replace_slice(cart, now); break;
        case Phase::posting: post_slice(cart, now); break;
        case Phase::reading_back: read_back_slice(cart, now); break;
        case Phase::ending: conclude_done(cart, now); break;
    }
}

void Run::begin(stack::CartState& cart) {
    has_more_ = true;
    tools_.store.jobs.forget_equal(job_.id);
    if (job_.kind == Kind::undo) {
        phase_ = Phase::undoing;
        return;
    }
    if (cart.has_moves()) {
        orders_ = Orders::by_moves;
    } else if (job_.options.allows_pending) {
        orders_ = Orders::unasked;
    } else if (cart.cart.import_complete.value_or(false)) {
        orders_ = Orders::imported;
    } else {
        orders_ = Orders::unasked;
        can_conclude_ = false;
        cannot_conclude_ = Deeds::orders_unknown(cart);
    }
    import_ = cart.cart.import_news;
    // What was to be replaced when the program ended is judged anew: its count is old by now.
    for (auto lines = tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, Slice::most_rows); !lines.empty();
         lines = tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, Slice::most_rows))
        for (auto& line : lines) {
            line.stage = Stage::none;
            tools_.store.jobs.put(line);
        }
    const auto selected = job_.is_selection ? tools_.store.jobs.selection_size(job_.id) : std::int64_t{0};
    if (job_.is_selection && can_conclude_ && selected <= few_skus) {
        job_.total = selected;
        phase_ = Phase::selecting;
        save();
        return;
    }
    list_.emplace(tools_, cart.cart.key);
    // Where the connector tells of orders per SKU, the list only shows which SKUs have to be looked at.
    steps_.emplace(orders_ == Orders::imported ? Orders::imported : Orders::unasked, cart.cart.import_news);
    phase_ = Phase::listing;
}

std::string orders_not_imported(std::int64_t orders) {
    return fmt::format("{} web order{} of the store {} not been imported by the Order Manager.", orders,
                       orders == 1 ? "" : "s", orders == 1 ? "has" : "have");
}

void Run::conclude_done(stack::CartState& cart, Now now) {
    if (!is_preview() && job_.kind == Kind::send_qoh && !Deeds::takes_differences(cart)) {
        if (std::exchange(phase_, Phase::ending) != Phase::ending) cursor_.clear();
        has_more_ = true;
        if (deeds_.let_go(job_.id, ItemResult::error, std::string{Deeds::only_by_hand}, cursor_)) return;
    }
    const auto counts = tools_.store.jobs.counts(job_.id);
    tell_drift(tools_, cart, job_, now);
    if (leaves_nothing(tools_, job_)) tools_.journal.clear("drift", cart.id(), "");
    else if (!is_preview() && job_.kind == Kind::undo) tell_taken_back(tools_, cart, job_, now);
    else if (!is_preview() && job_.kind != Kind::audit) look_at_drift(tools_, cart, now);
    if (!is_preview()) {
        const bool says_of_all = job_.kind != Kind::audit || (is_guarded() && !job_.is_selection);
        if (says_of_all) tools_.journal.clear("guard", cart.id(), "");
        std::string text = fmt::format("{} of {}:", in_words(job_.kind), cart.config().name);
        for (const auto& [result, skus] : counts)
            if (skus > 0) {
                std::string word{to_string(result)};
                std::ranges::replace(word, '_', ' ');
                text += fmt::format(" {} {},", skus, word);
            }
        text.back() = '.';
        tools_.journal.record({.at = now.wall, .kind = "job", .by = job_.options.by, .cart = cart.id(), .text = std::move(text)});
    }
    // Where web orders are not known it has only said that everything waits for them. And what it read before the counts
    // became doubtful proves nothing.
    if (job_.compares_all() && can_conclude_ && read_at_ >= cart.cart.aligned_since) tools_.board.align(cart, now);
    finish(State::done, now);
}

// --- answers ---------------------------------------------------------------------------------------------

void Run::answered(stack::CartState& cart, const cart::Done& done, Now now) {
    const auto asked = std::exchange(asked_, Asked::nothing);
    has_more_ = true;
    if (is_over()) return;
    switch (asked) {
        case Asked::nothing: return;
        case Asked::list:
            if (const auto* orders = std::get_if<cart::OrderCountResult>(&done)) steps_->orders_told(*orders, cart.cart);
            else if (const auto* counts = std::get_if<cart::CountsResult>(&done)) listed(cart, *counts, now);
            return;
        case Asked::round: {
            auto& round = asked_round_->reading;
            const auto before = round;  // a round that failed to be answered is asked again as it stood
            round.answered(done, cart.cart, now.steady, tools_.times.between_reads);
            const auto& steps = round.steps();
            if (steps.step() == QuietSteps::Step::failed) {
                if (steps.failure() == QuietSteps::Failure::no_answer && ++failures_ < most_failures) {
                    round = before;
                    resume_at_ = now.steady + failure_pause;
                    return;
                }
                failures_ = 0;
                if (steps.failure() == QuietSteps::Failure::no_answer)
                    give_up_round(round, Cause::unknown, std::string{Deeds::no_answer});
                else
                    give_up_round(round, Cause::web_orders_not_imported, Deeds::orders_unknown(cart, steps));
                rounds_.erase(asked_round_);
                return;
            }
            failures_ = 0;
            return;
        }
        case Asked::replace: {
            const auto* result = std::get_if<cart::ReplaceResult>(&done);
            for (std::size_t i = 0; i < replacing_.size(); ++i) {
                auto line = replacing_[i];
                line.result = ItemResult::ok;
                if (result != nullptr && result->is_refused) {
                    line.stage = Stage::none;
                    line.result = ItemResult::error;
                    line.text += " The store refused it; nothing was changed: " +
                                 stack::diagnose(result->cause, result->text).message;
                } else if (result == nullptr || i >= result->items.size()) {
                    line.text += " The script did not answer for it.";
                } else {
                    line.text += said_by_script(result->items[i]);
                    const bool was_sent = result->items[i].word != cart::ReplaceWord::unsendable;
                    if (!was_sent) line.stage = Stage::none;
                    if (!was_sent) line.result = ItemResult::error;
                }
                tools_.store.jobs.put(line);
            }
            save();
            return;
        }
        case Asked::read_anew: {
            const auto* counts = std::get_if<cart::CountsResult>(&done);
            if (counts != nullptr && counts->is_complete) {
                begin_taking_over(asked, *counts, now);
            } else if (counts != nullptr && has_failed_too_often(counts->cause)) {
                job_.message = "The counts could not be read again before they were to be replaced.";
                finish(State::failed, now);
            } else {
                resume_at_ = now.steady + failure_pause;
            }
            return;
        }
        case Asked::orders_anew: return orders_told_anew(cart, done, now);
        case Asked::read_back: {
            if (const auto* counts = std::get_if<cart::CountsResult>(&done); counts != nullptr && !cart.can_ask_some() && list_) {
                if (counts->is_complete) {
                    begin_taking_over(asked, *counts, now);
                } else if (++failures_ < most_failures) {
                    list_->begin(StoreList::Look::first);
                    ask(cart, Asked::read_back, stack::AskAllCounts{}, now);
                }
                return;
            }
            if (rounds_.empty()) return;
            auto& round = asked_round_->reading;
            round.answered(done, cart.cart, now.steady, tools_.times.between_reads);
            const bool has_answer = round.steps().step() != QuietSteps::Step::failed;
            if (!has_answer && ++failures_ < most_failures) {
                resume_at_ = now.steady + failure_pause;
                return;
            }
            failures_ = 0;
            for (std::size_t i = 0; i < reading_back_.size(); ++i) {
                const auto& first = round.watched()[i].first;
                check_back(cart, reading_back_[i], first.value_or(cart::SkuMoves{}), now);
            }
            rounds_.clear();
            save();
            return;
        }
    }
}

}  // namespace stocktray::jobs
