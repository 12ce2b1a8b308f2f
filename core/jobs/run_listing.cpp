// A job reads the store's list and weighs what it would change, before it changes anything.
#include "core/jobs/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/stack/diagnosis.h"

namespace stocktray::jobs {

using sync::Orders;
using sync::QuietSteps;

namespace {

// The store was reached, and what it tells is no list: it would be none the next time either.
bool is_no_list(cart::Cause cause) noexcept {
    return !stack::is_failure_to_reach(cause) || cause == cart::Cause::malformed || cause == cart::Cause::too_large ||
           cause == cart::Cause::forbidden_xml;
}

// What a click on an alert opens: where people see a job, and that of an undo is seen where the job is that it takes back.
std::string_view opens(const store::Store& store, const Job& job) {
    const auto undone = job.options.undoes ? store.jobs.get(*job.options.undoes) : std::nullopt;
    switch (undone ? undone->kind : job.kind) {
        case Kind::get_qoh: return "open_get";
        case Kind::send_qoh: return "open_send";
        case Kind::audit:
        case Kind::undo: break;
    }
    return "open_audit";
}

}  // namespace

bool Run::has_failed_too_often(cart::Cause cause) noexcept { return is_no_list(cause) && ++failures_ >= most_failures; }

void Run::go_on_listing(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    const bool one_look = is_preview() || orders_ == Orders::by_moves || !can_conclude_;
    if (steps_->step() == QuietSteps::Step::pause) {
        if (one_look) {
            phase_ = Phase::weighing;
            cursor_.clear();
            has_more_ = true;
            return;
        }
        steps_->resume(now.steady);
        if (steps_->step() == QuietSteps::Step::pause) {
            resume_at_ = steps_->resume_at();
            return;
        }
    }
    if (steps_->step() == QuietSteps::Step::finished) {
        phase_ = Phase::weighing;
        cursor_.clear();
        has_more_ = true;
        return;
    }
    if (steps_->step() == QuietSteps::Step::failed) {
        const bool has_list = list_->was_read();
        if (steps_->failure() == QuietSteps::Failure::no_answer && ++failures_ < most_failures) {
            steps_.emplace(orders_, cart.cart.import_news);
            resume_at_ = now.steady + failure_pause;
            return;
        }
        can_conclude_ = false;
        cannot_conclude_ = Deeds::orders_unknown(cart, *steps_);
        failures_ = 0;
        if (has_list) {
            phase_ = Phase::weighing;
            cursor_.clear();
        } else {
            steps_.emplace(Orders::unasked, cart.cart.import_news);
        }
        has_more_ = true;
        return;
    }
    if (steps_->asks_for_orders()) {
        ask(cart, Asked::list, steps_->order_question(cart.cart), now);
        return;
    }
    list_->begin(steps_->step() == QuietSteps::Step::first ? StoreList::Look::first : StoreList::Look::second);
    ask(cart, Asked::list, stack::AskAllCounts{}, now);
}

void Run::page(const std::vector<cart::ReadCount>& page, std::int32_t answer) {
    if (!list_) return;
    list_->take(page, answer);
    tools_.journal.tell(JobNotice{job_.id});
}

void Run::listed(stack::CartState& cart, const cart::CountsResult& counts, Now now) {
    if (!counts.is_complete) {
        // Begun anew as a whole: half a list says nothing of what is missing in it.
        steps_.emplace(steps_->orders(), cart.cart.import_news);
        resume_at_ = now.steady + counts.retry_after.value_or(failure_pause);
        if (!has_failed_too_often(counts.cause)) return;
        job_.code = stack::to_string(counts.cause);
        const auto words = stack::diagnose(counts.cause, counts.text);
        job_.message = fmt::format("The counts of {} could not be read. {} {}", cart.config().name, words.message, words.hint);
        finish(State::failed, now);
        return;
    }
    is_list_whole_ = counts.bad.empty();
    for (const auto& bad : counts.bad) {
        JobItem line;
        line.job = job_.id;
        line.store_sku = bad.substr(0, 200);
        line.sku = "?";
        line.result = ItemResult::error;
        line.cause = Cause::unknown;
        line.text = bad;
        tools_.store.jobs.put(line);
    }
    begin_taking_over(Asked::list, counts, now);
}

void Run::begin_taking_over(Asked asked, const cart::CountsResult& counts, Now now) {
    list_for_ = asked;
    read_at_ = now.steady;
    list_->complete(counts.answers, now);
}

void Run::take_list_over(stack::CartState& cart) {
    has_more_ = true;
    if (list_->go_on(cart)) return;
    const auto asked = std::exchange(list_for_, Asked::nothing);
    if (asked == Asked::list) list_taken_over(cart);
    else listed_at_ = read_at_;
}

void Run::list_taken_over(stack::CartState& cart) {
    reach_.listed = list_->distinct();
    reach_.listed_before = cart.cart.listed;
    job_.total = std::max(job_.total, reach_.listed);
    if (reach_.listed < cart.cart.listed && !was_read_again_) {
        // Pages may leave gaps while a catalogue changes: once more before anything is called missing.
        was_read_again_ = true;
        steps_.emplace(steps_->orders(), cart.cart.import_news);
        return;
    }
    listed_at_ = read_at_;
    steps_->looked(read_at_, tools_.times.between_reads);
    save();
}

void Run::weigh_slice(stack::CartState& cart, Now now) {
    has_more_ = true;
    // An audit repairs only where the connector tells of orders.
    const bool never_repairs = job_.kind == Kind::audit && orders_ != Orders::by_moves;
    if (never_repairs) cursor_.clear();
    const auto rows = never_repairs ? std::vector<store::ComparedListing>{}
                                    : tools_.store.listings.compare(cart.cart.key, cursor_, Slice::most_rows);
    for (const auto& row : rows) {
        cursor_ = row.listing.store_sku;
        const auto item = row.listing.item ? tools_.store.items.get(*row.listing.item) : std::nullopt;
        if (!item || !is_mine(item->sku) || !item->is_tracked || !item->has_baseline || !row.listing.store_qoh ||
            row.listing.word != cart::CountWord::count || !list_->was_seen(row.listing.key))
            continue;
        cart::SkuMoves look;
        look.count = {row.listing.store_sku, cart::CountWord::count, *row.listing.store_qoh};
        if (const auto evidence = tools_.scales.weigh(cart, row.listing, *item, look, Orders::imported)) {
            const auto change = deeds_.change_of(cart, job_, *evidence);
            reach_.add(change.before, change.after);
        }
    }
    if (!rows.empty()) return;
    job_.data = to_json(reach_);
    if (ask_guard(cart, reach_, now)) return;
    if (!is_preview() && is_list_whole_) {
        cart.cart.listed = reach_.listed;
        tools_.board.save(cart);
    }
    phase_ = Phase::acting;
    cursor_.clear();
    save();
}

bool Run::ask_guard(stack::CartState& cart, const Reach& reach, Now now) {
    const auto words = guard(reach, tools_.board.settings().wipe_guard_percent);
    if (!words) return false;
    if (is_preview()) {
        // It changes nothing, so it goes on; what the job itself would meet is said.
        job_.code = words->code;
        job_.message = words->message;
        return false;
    }
    if (job_.kind == Kind::audit) {
        only_name(cart, *words, now);
        return false;
    }
    if (job_.options.overrides_guard) {
        if (!std::exchange(is_override_told_, true))
            tools_.journal.record(
                {.at = now.wall,
                 .kind = "guard_override",
                 .by = job_.options.by,
                 .cart = cart.id(),
                 .text = fmt::format("{} goes on although: {}{}", in_words(job_.kind), words->message,
                                     job_.options.reason.empty() ? "" : " Reason: " + job_.options.reason)});
        return false;
    }
    job_.code = words->code;
    job_.data = to_json(reach);
    const bool has_begun = tools_.store.jobs.can_be_undone(job_.id);
    job_.message = fmt::format("{} {}", words->message, has_begun ? "Nothing more is changed." : "Nothing was changed.");
    tools_.journal.raise(
        {.kind = "guard",
         .severity = store::Severity::warning,
         .cart = cart.id(),
         .since = now.wall,
         .message = fmt::format("{} of {} stopped before it changed anything{}: {}", in_words(job_.kind),
                                cart.config().name, has_begun ? " more" : "", words->message),
         .hint = "Look at the preview. If it is what you want, start the job again and confirm it.",
         .action = std::string{opens(tools_.store, job_)}});
    finish(State::blocked, now);
    return true;
}

// So many differences are no losses of single changes: people look at them before anything is sent.
void Run::only_name(const stack::CartState& cart, const GuardWords& words, Now now) {
    job_.code = words.code;
    job_.message = words.message + " What differs is named, and nothing is repaired by itself.";
    tools_.journal.raise({.kind = "guard",
                          .severity = store::Severity::warning,
                          .cart = cart.id(),
                          .since = now.wall,
                          .message = fmt::format("The audit of {} repairs nothing by itself: {}", cart.config().name, words.message),
                          .hint = "Look at what differs. If the Order Manager's counts are right, use Send QOH; if the store's are, "
                                  "Get QOH.",
                          .action = "open_audit"});
    save();
}

// Hours may lie between the list and a later reading, and another store may answer by then. What later
// readings show adds up, against all counts that the list had.
bool Run::ask_guard_again(stack::CartState& cart, const Reach& shown, Now now) {
    later_.compared += shown.compared;
    later_.changed += shown.changed;
    later_.by_half += shown.by_half;
    later_.to_zero += shown.to_zero;
    Reach reach = later_;
    reach.compared = std::max(reach.compared, reach_.compared);
    return ask_guard(cart, reach, now);
}

}  // namespace stocktray::jobs
