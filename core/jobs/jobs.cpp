#include "core/jobs/jobs.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::jobs {
namespace {

using sync::Orders;
using sync::QuietRound;
using sync::QuietSteps;

// A cart that is new is compared more often.
constexpr Milliseconds early_weeks{std::int64_t{21} * 24 * 3'600'000};

}  // namespace

Result<JobId> Jobs::start(Kind kind, const std::string& id, Options options, Now now) {
    auto* cart = tools_.board.find(id);
    if (cart == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", id));
    if (!cart->config().is_active)
        return fail(ErrorCode::conflict, fmt::format("{} is not active.", cart->config().name));
    if (const auto other = tools_.store.jobs.at_work(cart->cart.key))
        return fail(ErrorCode::conflict,
                    fmt::format("{} (job {}) is at work at {}: wait for it, or cancel it.", in_words(other->kind), other->id,
                                cart->config().name));
    if ((kind == Kind::undo) != options.undoes.has_value())
        return fail(ErrorCode::invalid, kind == Kind::undo ? "Which job is to be taken back? Give its number."
                                                           : "Only undo takes the number of another job.");
    if (options.undoes) {
        const auto undone = tools_.store.jobs.get(*options.undoes);
        if (!undone || undone->cart != cart->cart.key)
            return fail(ErrorCode::not_found, fmt::format("{} has no job {}.", cart->config().name, *options.undoes));
        if ((undone->kind != Kind::send_qoh && undone->kind != Kind::get_qoh) || undone->options.is_dry_run)
            return fail(ErrorCode::conflict, fmt::format("Job {} changed no counts: there is nothing to take back.", undone->id));
        if (const auto undo = tools_.store.jobs.undone_by(undone->id))
            return fail(ErrorCode::conflict, fmt::format("Job {} was taken back by job {} already.", undone->id, *undo));
    }
    Job job;
    job.cart = cart->cart.key;
    job.kind = kind;
    job.options = std::move(options);
    job.started_at = now.wall;
    tools_.store.jobs.add(job);
    if (!job.options.is_dry_run) {
        // What waited for an older job is this one's business now.
        for (const auto& older : tools_.store.jobs.with_waiting(cart->cart.key))
            if (older.kind == kind || kind == Kind::undo)
                drop_from(older.id, fmt::format("Left to job {}.", job.id));
        // What was held after an undo may be repaired again.
        if (kind != Kind::undo) tools_.store.listings.end_holds(cart->cart.key);
        tools_.journal.record({.at = now.wall, .kind = "job", .by = job.options.by, .cart = cart->id(),
                               .text = fmt::format("{} of {} begins (job {}).", in_words(kind), cart->config().name, job.id)});
    }
    if (kind == Kind::audit) {
        cart->cart.audited = now.steady;
        tools_.board.save(*cart);
    }
    take_up(job);
    return job.id;
}

void Jobs::take_up(const Job& job) {
    auto* cart = tools_.board.get(job.cart);
    if (cart == nullptr) return;
    cart->has_job = true;
    cart->is_touched = true;
    runs_[job.cart] = std::make_unique<Run>(tools_, job);
    tools_.journal.tell(JobNotice{job.id});
}

void Jobs::drop_from(JobId id, const std::string& why) {
    std::string after;
    for (auto lines = tools_.store.jobs.waiting(id, after, 500); !lines.empty();
         lines = tools_.store.jobs.waiting(id, after, 500)) {
        for (auto& line : lines) {
            after = line.store_sku;
            line.result = ItemResult::skipped;
            line.stage = Stage::none;
            line.text += " " + why;
            tools_.store.jobs.put(line);
        }
    }
    for (auto& [cart, waiting] : waiting_)
        if (waiting.job == id) waiting.round.reset();
    tools_.journal.tell(JobNotice{id});
}

Result<void> Jobs::cancel(JobId id, Now now) {
    auto job = tools_.store.jobs.get(id);
    if (!job) return fail(ErrorCode::not_found, fmt::format("There is no job {}.", id));
    const bool is_waiting = job->state == State::done && !tools_.store.jobs.waiting(id, {}, 1).empty();
    if (!is_at_work(job->state) && job->state != State::blocked && !is_waiting)
        return fail(ErrorCode::conflict, fmt::format("Job {} is {} by now.", id, to_string(job->state)));
    drop_from(id, "The job was cancelled.");
    if (const auto run = runs_.find(job->cart); run != runs_.end() && run->second->job().id == id) {
        run->second->finish(State::cancelled, now);
        runs_.erase(run);
        if (auto* cart = tools_.board.get(job->cart)) {
            cart->has_job = false;
            cart->is_touched = true;
        }
    } else if (!is_waiting) {
        job->state = State::cancelled;
        job->finished_at = now.wall;
        tools_.store.jobs.save(*job);
    }
    if (const auto* cart = tools_.board.get(job->cart)) {
        if (job->state == State::blocked || job->state == State::cancelled) tools_.journal.clear("guard", cart->id(), "");
        tools_.journal.record({.at = now.wall, .kind = "job", .cart = cart->id(),
                               .text = fmt::format("{} of {} was cancelled (job {}); what was sent before stays.",
                                                   in_words(job->kind), cart->config().name, id)});
    }
    tools_.journal.tell(JobNotice{id});
    return {};
}

void Jobs::resume(Now now) {
    runs_.clear();
    waiting_.clear();
    for (const auto& cart : tools_.board.all()) {
        cart->has_job = false;
        if (!tools_.store.jobs.with_waiting(cart->cart.key).empty())
            waiting_[cart->cart.key].look_at = now.steady + tools_.times.after_import;
    }
    for (const auto& job : tools_.store.jobs.at_work()) take_up(job);
}

void Jobs::hold(stack::CartState& cart) {
    const auto run = runs_.find(cart.cart.key);
    if (run != runs_.end()) run->second->hold();
}

void Jobs::start_due(stack::CartState& cart, Now now) {
    const auto due = audit_due(cart);
    if (!due || *due > now.steady || tools_.store.jobs.at_work(cart.cart.key)) return;
    (void)start(Kind::audit, cart.id(), {}, now);
}

std::optional<AgentTime> Jobs::audit_due(const stack::CartState& cart) const {
    if (!tools_.board.is_synchronized(cart) || !cart.cart.has_base || cart.cart.stop != cart::Stop::none ||
        cart.cart.is_paused)
        return std::nullopt;
    const auto& settings = tools_.board.settings();
    const auto last = std::max(cart.cart.audited, cart.cart.synchronized);
    const bool is_early = last - cart.cart.synchronized < early_weeks;
    return last + (is_early ? settings.audit_early : settings.audit);
}

void Jobs::advance(stack::CartState& cart, Now now) {
    const auto found = runs_.find(cart.cart.key);
    if (found == runs_.end()) {
        advance_waiting(cart, now);
        return;
    }
    Run& run = *found->second;
    run.advance(cart, now);
    if (!run.is_over()) return;
    runs_.erase(found);
    cart.has_job = false;
    cart.is_touched = true;
    if (!tools_.store.jobs.with_waiting(cart.cart.key).empty())
        waiting_[cart.cart.key].look_at = now.steady + tools_.times.after_import;
}

void Jobs::answered(stack::CartState& cart, const stack::ForJob& asked, const cart::Done& done, Now now) {
    const auto run = runs_.find(cart.cart.key);
    if (run != runs_.end() && run->second->job().id == asked.job && run->second->ticket() == asked.ticket) {
        run->second->answered(cart, done, now);
        return;
    }
    Waiting& waiting = waiting_[cart.cart.key];
    if (!waiting.round || waiting.job != asked.job || waiting.ticket != asked.ticket) return;
    waiting.round->answered(done, cart.cart, now.steady, tools_.times.between_reads);
    const auto step = waiting.round->steps().step();
    if (step == QuietSteps::Step::finished) finish_waiting(cart, waiting, now);
    else if (step == QuietSteps::Step::failed) pause_waiting(waiting, now);
    else if (auto what = waiting.round->question(cart.cart, tools_.scales.open_orders(cart, *waiting.round)))
        tools_.exchanges.ask(cart.cart.key, std::move(*what), stack::ForJob{waiting.job, waiting.ticket}, now.steady);
}

void Jobs::page(stack::CartState& cart, const stack::ForJob& asked, const std::vector<cart::ReadCount>& page, Now now) {
    const auto run = runs_.find(cart.cart.key);
    if (run != runs_.end() && run->second->job().id == asked.job && run->second->ticket() == asked.ticket)
        run->second->page(cart, page, now);
}

// --- what waits ------------------------------------------------------------------------------------------

void Jobs::imported(const stack::CartState& cart, Now now) {
    Waiting& waiting = waiting_[cart.cart.key];
    waiting.tries = 0;
    waiting.round.reset();  // it rested on the import before
    waiting.cursor.clear();
    waiting.look_at = now.steady + tools_.times.after_import;
}

void Jobs::advance_waiting(stack::CartState& cart, Now now) {
    const auto found = waiting_.find(cart.cart.key);
    if (found == waiting_.end()) return;
    Waiting& waiting = found->second;
    if (waiting.round) {
        if (!waiting.round->is_paused()) {
            if (!tools_.exchanges.is_out_for<stack::ForJob>(cart.cart.key)) pause_waiting(waiting, now);
            return;
        }
        waiting.round->resume(now.steady);
        if (auto what = waiting.round->question(cart.cart, tools_.scales.open_orders(cart, *waiting.round)))
            tools_.exchanges.ask(cart.cart.key, std::move(*what), stack::ForJob{waiting.job, waiting.ticket}, now.steady);
        return;
    }
    if (!waiting.look_at || *waiting.look_at > now.steady) return;
    waiting.look_at.reset();
    if (begin_waiting(cart, waiting, now)) return;
    if (!tools_.store.jobs.with_waiting(cart.cart.key).empty()) pause_waiting(waiting, now);
}

bool Jobs::begin_waiting(stack::CartState& cart, Waiting& waiting, Now now) {
    const bool can_look = cart.has_moves() || cart.cart.import_complete.value_or(false);
    if (!can_look) return false;
    std::vector<QuietRound::Watched> watched;
    for (const auto& job : tools_.store.jobs.with_waiting(cart.cart.key)) {
        // Counts are replaced only by a job that somebody has just started.
        if (job.options.is_dry_run || (job.kind == Kind::send_qoh && !Deeds::takes_differences(cart))) continue;
        if (waiting.job != job.id) waiting.cursor.clear();
        waiting.job = job.id;
        for (const auto& line : tools_.store.jobs.waiting(job.id, waiting.cursor, static_cast<std::int64_t>(QuietRound::largest))) {
            waiting.cursor = line.store_sku;
            const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
            const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
            if (!item || !item->is_tracked || tools_.scales.unquiet(cart, *listing, *item, now)) continue;
            watched.push_back({listing->key, listing->store_sku, item->book_version});
        }
        if (!watched.empty()) break;
        waiting.cursor.clear();
    }
    if (watched.empty()) return false;
    waiting.ticket = --last_ticket_;  // below zero: a run's tickets are above
    waiting.round.emplace(cart.has_moves() ? Orders::by_moves : Orders::imported, cart.cart.imports, std::move(watched),
                          tools_.queue.watch(cart.cart.key));
    if (auto what = waiting.round->question(cart.cart, tools_.scales.open_orders(cart, *waiting.round)))
        tools_.exchanges.ask(cart.cart.key, std::move(*what), stack::ForJob{waiting.job, waiting.ticket}, now.steady);
    return true;
}

void Jobs::finish_waiting(stack::CartState& cart, Waiting& waiting, Now now) {
    const auto round = std::exchange(waiting.round, std::nullopt);
    Deeds deeds{tools_};
    std::size_t ended = 0;
    if (const auto job = tools_.store.jobs.get(waiting.job)) {
        for (const auto& watched : round->watched()) {
            const auto line = tools_.store.jobs.item(job->id, watched.store_sku);
            if (!line || line->result != ItemResult::waiting) continue;
            const auto evidence = tools_.scales.conclude(cart, *round, watched, now);
            if (!evidence) continue;
            deeds.act(cart, *job, *evidence, round->steps().orders(), now);
            ++ended;
        }
        tools_.journal.tell(JobNotice{job->id});
    }
    if (ended > 0) waiting.tries = 0;
    if (ended > 0) waiting.look_at = now.steady;
    else pause_waiting(waiting, now);
}

void Jobs::pause_waiting(Waiting& waiting, Now now) {
    waiting.round.reset();
    const auto doublings = std::min<std::int64_t>(waiting.tries++, 20);
    waiting.look_at = now.steady + std::min(tools_.times.backoff.cap, tools_.times.backoff.base * (std::int64_t{1} << doublings));
}

std::optional<AgentTime> Jobs::next_wakeup(const stack::CartState& cart, Now now) const {
    std::optional<AgentTime> next;
    const auto at = [&](std::optional<AgentTime> time) {
        if (time && (!next || *time < *next)) next = *time;
    };
    if (const auto run = runs_.find(cart.cart.key); run != runs_.end()) {
        if (run->second->has_more()) at(now.steady);
        at(run->second->resume_at());
        return next;
    }
    at(audit_due(cart));
    if (const auto waiting = waiting_.find(cart.cart.key); waiting != waiting_.end()) {
        at(waiting->second.look_at);
        if (waiting->second.round && waiting->second.round->is_paused()) at(waiting->second.round->steps().resume_at());
    }
    return next;
}

}  // namespace stocktray::jobs
