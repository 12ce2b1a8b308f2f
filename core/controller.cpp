#include "core/controller.h"

#include "core/jobs/handover_notice.h"
#include "core/sync/orders_watch.h"

namespace stocktray {
namespace {

constexpr Milliseconds prune_every{3'600'000};
constexpr Milliseconds answers_kept{std::int64_t{30} * 24 * 3'600'000};
constexpr std::int64_t most_pruned = 1'000;        // rows in one turn
constexpr std::int64_t most_history_pruned = 100;  // which are all looked at, old or not

}  // namespace

Controller::Controller(store::Store& the_store, Times times, Random random)
    : random_{random},
      store{the_store},
      journal{store},
      board{store},
      queue{store, board, journal},
      exchanges{},
      scales{store, board, exchanges},
      door{store, queue, journal},
      repairs{store, board, door, journal},
      doubts{store, board, queue, journal, exchanges, scales, door, times.doubts},
      looks{store, board, queue, journal, exchanges, scales, repairs, times.doubts},
      standing{store, board, queue, journal, exchanges, doubts, stack::RetrySchedule{times.retry}, random_},
      stack{store, board, queue, journal, exchanges, standing, doubts, looks, stack::RetrySchedule{times.retry}, random_},
      interventions{store, board, queue, stack, standing, looks, exchanges, journal},
      bases{store, board},
      books{store, board, queue, looks, journal},
      snapshots{store, board, queue, journal},
      imports{store, board, journal, [this](stack::CartState& cart, sync::Imports::News news, Now now) { orders_imported(cart, news, now); }},
      sources{store, journal},
      switching{store, board, queue, standing, doubts, journal, [this](stack::CartState& cart) { jobs.switched_off(cart); }},
      jobs{{store, board, queue, journal, exchanges, scales, door, repairs, times.doubts}},
      handover{{store, board, queue, journal, exchanges, scales, door, repairs, times.doubts}, books} {}

Result<void> Controller::start(store::Trouble trouble, const std::string& machine, Now now) {
    return turn(now, stack::Sendings::allowed, [&] {
        board.reload();
        stack.start(now);
        sources.start(now);
        jobs.resume(now);
        if (trouble == store::Trouble::none) return;
        // Only together with the stops: a start that fails before them must find the same trouble again.
        if (trouble == store::Trouble::cloned) {
            auto identity = store.identity.get();
            identity.machine = machine;
            store.identity.save(identity);
        }
        standing.distrust_ourselves(trouble, now);
    });
}

Result<void> Controller::turn(Now now, stack::Sendings sendings, const std::function<void()>& work,
                              const MayGoOn& may_go_on) {
    const bool was_taking_over = is_taking_over_;
    auto done = store.turn(now, [&] {
        if (is_board_stale_) distrust_memory(now);
        is_board_stale_ = false;
        work();
        sources.watch(now);
        prune(now);
        end_turn(now, sendings, may_go_on);
    });
    if (done) {
        exchanges.committed();
        for (auto& notice : journal.take()) notices_.push_back(std::move(notice));
    } else {
        exchanges.rolled_back();
        // Of these lists pages are lost. Jobs do not hear theirs by the ticket.
        exchanges.drop<stack::ForBase>();
        journal.forget();
        is_taking_over_ = was_taking_over;
        is_board_stale_ = true;
    }
    return done;
}

Result<void> Controller::read(Now now, const std::function<void()>& work) {
    return store.turn(now, [&] {
        if (is_board_stale_) distrust_memory(now);
        is_board_stale_ = false;
        work();
    });
}

// What a turn that was taken back had put there, the database does not know.
void Controller::distrust_memory(Now now) {
    board.reload();
    bases.forget();
    jobs.resume(now);
    sources.reload(now);
}

void Controller::answered(stack::ExchangeId id, const cart::Done& done, Now now) {
    const auto exchange = stack.answered(id, done, now);
    if (!exchange) return;
    auto& cart = *board.get(exchange->cart);
    if (const auto* moves = std::get_if<cart::MovesResult>(&done); moves != nullptr && moves->is_complete)
        sync::watch_top_order(journal, cart, moves->top_order, exchange->begun, now);
    if (std::holds_alternative<stack::ForBase>(exchange->purpose)) {
        const auto* counts = std::get_if<cart::CountsResult>(&done);
        bases.ended(cart, counts != nullptr ? counts->answers : cart::ListAnswers{}, now);
    }
    if (const auto* round = std::get_if<stack::ForDoubts>(&exchange->purpose)) doubts.answered(cart, round->round, done, now);
    if (const auto* look = std::get_if<stack::ForLook>(&exchange->purpose)) looks.answered(cart, look->number, done, now);
    if (const auto* job = std::get_if<stack::ForJob>(&exchange->purpose)) jobs.answered(cart, *job, done, now);
}

void Controller::counts_page(stack::ExchangeId id, const std::vector<cart::ReadCount>& page, std::int32_t answer) {
    const auto* exchange = exchanges.find(id);
    auto* cart = exchange != nullptr ? board.get(exchange->cart) : nullptr;
    if (cart == nullptr) return;
    if (const auto* job = std::get_if<stack::ForJob>(&exchange->purpose)) jobs.page(*cart, *job, page, answer);
    else bases.page(*cart, page, answer);
}

void Controller::orders_imported(stack::CartState& cart, sync::Imports::News news, Now now) {
    doubts.imported(cart, news, now);
    looks.imported(cart, news, now);
    if (news == sync::Imports::News::no) return;
    jobs.imported(cart, now);
}

void Controller::end_turn(Now now, stack::Sendings sendings, const MayGoOn& may_go_on) {
    jobs.end_gone(now);
    is_taking_over_ = snapshots.go_on(now);
    for (auto& cart : board.all()) {
        stack.tend(*cart, now);
        bases.advance(*cart);
        switching.go_on(*cart, now);
        jobs.go_on_letting_go(*cart, now);
        if (sendings != stack::Sendings::allowed) continue;
        jobs.start_due(*cart, now);
        if (stack.advance(*cart, now)) {
            doubts.advance(*cart, now);
            looks.advance(*cart, now);
            jobs.advance(*cart, now);
        } else {
            jobs.hold(*cart, now);
        }
    }
    if (sendings == stack::Sendings::allowed) work_on(now, may_go_on);
    for (auto& cart : board.all()) stack.refresh(*cart, now);
}

// Slice by slice, the snapshot and each cart's list or job in its turn.
void Controller::work_on(Now now, const MayGoOn& may_go_on) {
    for (bool has_more = true; has_more;) {
        has_more = false;
        if (is_taking_over_) {
            if (!may_go_on()) return;
            is_taking_over_ = snapshots.go_on(now);
            has_more = true;
        }
        for (auto& cart : board.all()) {
            if (switching.has_more(*cart) || jobs.is_letting_go(*cart)) {
                if (!may_go_on()) return;
                switching.go_on(*cart, now);
                jobs.go_on_letting_go(*cart, now);
                has_more = true;
            }
            if (!jobs.has_more(*cart) && !bases.has_more(*cart)) continue;
            if (!may_go_on()) return;
            if (bases.has_more(*cart)) {
                bases.advance(*cart);
                if (!bases.has_more(*cart)) (void)stack.advance(*cart, now);  // its posts have waited for that
            } else {
                jobs.advance(*cart, now);
            }
            has_more = true;
        }
    }
}

std::optional<AgentTime> Controller::next_wakeup(Now now) const {
    std::optional<AgentTime> next;
    const auto at = [&](std::optional<AgentTime> time) {
        if (time && (!next || *time < *next)) next = *time;
    };
    at(sources.next_wakeup());
    if (is_taking_over_ || is_pruning_) at(now.steady);
    for (const auto& cart : board.all()) {
        if (switching.has_more(*cart) || jobs.is_letting_go(*cart)) at(now.steady);
        at(stack.next_wakeup(*cart, now));
        if (bases.has_more(*cart)) at(now.steady);
        if (!stack.can_be_asked(*cart)) continue;
        at(doubts.next_wakeup(*cart, now));
        at(looks.next_wakeup(*cart));
        at(jobs.next_wakeup(*cart, now));
    }
    return next;
}

void Controller::prune(Now now) {
    if (pruned_ && now.steady - *pruned_ < prune_every) return;
    const auto limit = now.wall - board.settings().history;
    const bool is_done = store.posts.prune(limit, most_pruned) < most_pruned && !store.jobs.prune(limit, most_pruned) &&
                         forget_broken_lists() && store.history.prune(limit, most_history_pruned) < most_history_pruned;
    store.ids.forget_answers(now.wall - answers_kept);
    is_pruning_ = !is_done;
    if (!is_done) return;
    pruned_ = now.steady;
    jobs::remind_of_handover(store, board, journal, now);
    sync::tell_waiting_orders(store, board, journal, now);
}

// What is left of lists that broke off, or whose job was cancelled. True: nothing is.
bool Controller::forget_broken_lists() {
    using store::ToldCounts;
    for (const auto& [cart, list] : store.told_counts.lists()) {
        const bool is_read = list == ToldCounts::List::job ? jobs.works_at(cart) : bases.is_reading(cart);
        if (!is_read && !store.told_counts.forget_older(cart, list, std::nullopt)) return false;
    }
    return true;
}

}  // namespace stocktray
