#include "core/jobs/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/jobs/follow.h"
#include "core/jobs/undo.h"

namespace stocktray::jobs {
namespace {

using sync::QuietSteps;

// A cart that is new is compared more often.
constexpr Milliseconds audit_retry{3'600'000};  // behind one that failed
constexpr Milliseconds early_weeks{std::int64_t{21} * 24 * 3'600'000};

bool sends(const Job& job) noexcept { return !job.options.is_dry_run && puts_posts(job.kind); }

// Get and Send decide which count is right, and so does who takes one back: the later word counts. An audit only takes an audit's place.
bool is_superseded(Kind older, Kind newer) noexcept {
    const auto decides = [](Kind kind) { return kind == Kind::get_qoh || kind == Kind::send_qoh; };
    return (older == Kind::audit && newer == Kind::audit) || (decides(older) && (decides(newer) || newer == Kind::undo));
}

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
        if (undone->kind == Kind::undo)
            return fail(ErrorCode::conflict,
                        fmt::format("Job {} took another job back, and that cannot be taken back: start a Get or a Send anew.", undone->id));
        const bool has_changed = !undone->options.is_dry_run && (undone->kind != Kind::audit || tools_.store.jobs.can_be_undone(undone->id) ||
                                                                 tools_.store.jobs.undone_by(undone->id));
        if (!has_changed)
            return fail(ErrorCode::conflict, fmt::format("Job {} changed no counts: there is nothing to take back.", undone->id));
        // Once: what is left is only what was in doubt the last time.
        if (const auto undo = tools_.store.jobs.undone_by(undone->id); undo && !tools_.store.jobs.can_be_undone(undone->id))
            return fail(ErrorCode::conflict, fmt::format("Job {} was taken back by job {} already.", undone->id, *undo));
    }
    Job job;
    job.cart = cart->cart.key;
    job.kind = kind;
    job.options = std::move(options);
    job.started_at = now.wall;
    tools_.store.jobs.add(job);
    if (!job.options.is_dry_run) {
        // What of it has not been done yet is not done any more either.
        if (job.options.undoes)
            if (const auto undone = tools_.store.jobs.get(*job.options.undoes))
                let_go(*undone, fmt::format("Taken back by job {}.", job.id));
        tools_.journal.record({.at = now.wall, .kind = "job", .by = job.options.by, .cart = cart->id(),
                               .text = fmt::format("{} of {} begins (job {}).", in_words(kind), cart->config().name, job.id)});
    }
    if (kind == Kind::audit && job.compares_all()) {
        cart->cart.audited = now.steady;
        audit_failed_.erase(cart->cart.key);
        tools_.board.save(*cart);
    }
    take_up(job);
    return job.id;
}

void Jobs::take_up(const Job& job) {
    auto* cart = tools_.board.get(job.cart);
    if (cart == nullptr) return;
    cart->job_needs = sends(job) ? stack::JobNeeds::posts : std::max(stack::JobNeeds::answers, needs_of_waiting(job.cart));
    cart->is_touched = true;
    std::vector<JobId> older;
    if (!job.options.is_dry_run)
        for (const auto& waiting : tools_.store.jobs.with_waiting(job.cart))
            if (!waiting.options.is_dry_run && is_superseded(waiting.kind, job.kind)) older.push_back(waiting.id);
    if (!job.options.is_dry_run) waiting_.erase(job.cart);  // the later word counts
    runs_[job.cart] = std::make_unique<Run>(tools_, job, std::move(older), last_ticket_);
    tools_.journal.tell(JobNotice{job.id});
}

void Jobs::let_go(const Job& job, const std::string& why) {
    tools_.store.jobs.let_go(job.id, why);
    letting_go_.try_emplace(job.cart);
    for (auto& [cart, waiting] : waiting_) {
        if (waiting.job != job.id || (!waiting.round && waiting.gathered.empty())) continue;
        waiting.forget_reading();
        waiting.look_at = AgentTime{};
    }
    tools_.journal.tell(JobNotice{job.id});
}

void Jobs::go_on_letting_go(stack::CartState& cart, Now now) {
    const auto at = letting_go_.find(cart.cart.key);
    if (at == letting_go_.end()) return;
    auto& step = at->second;
    for (const auto& job : tools_.store.jobs.let_go(cart.cart.key)) {
        tools_.journal.tell(JobNotice{job.id});
        if (step.job != job.id) step = {.job = job.id, .after = {}};  // an older one was let go meanwhile
        if (step.is_at_posts) {
            // Those that are folded are to be told as such.
            if (cart.cart.fold_to || follow_posts(cart, job, step.after, now)) return;
            step = {.job = job.id, .after = {}, .is_at_posts = false};
        }
        if (Deeds{tools_, {}}.let_go(job.id, ItemResult::skipped, job.let_go, step.after)) return;
        tools_.store.jobs.let_go(job.id, {});
        step = {};
    }
    letting_go_.erase(at);
    if (!runs_.contains(cart.cart.key)) look_at_waiting(cart.cart.key, now);
}

// The job's part of a post that was not sent, taken out of it: changes that were added up with it go on. What a person has
// called off is not taken for a loss and repaired, however often it is compared. False: it may be on its way.
bool Jobs::withdraw(stack::CartState& cart, const JobItem& line, Now now) {
    auto post = line.post ? tools_.store.posts.get(*line.post) : std::nullopt;
    auto listing = post && post->state == stack::State::queued ? tools_.store.listings.get(post->listing) : std::nullopt;
    const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    if (!item) return false;
    const auto unsent = tools_.store.posts.unsent_of(listing->key);
    if (unsent && unsent->id == post->id)
        tools_.queue.add(cart, *listing, {-line.delta}, {}, now, stack::PostQueue::Errand::job);
    else if (post->changes > 1 || !tools_.queue.move(cart, *post, stack::On::cancelled, now))
        return false;
    listing->held_version = item->book_version;
    listing->unalign();
    tools_.store.listings.save(*listing);
    return true;
}

// Those of a cancelled job that were not sent are withdrawn; all others go on without it, and the lines of those that have
// ended say so. True: there may be more of them.
bool Jobs::follow_posts(stack::CartState& cart, const Job& job, std::string& after, Now now) {
    const bool withdraws = job.state == State::cancelled && puts_posts(job.kind);
    const auto lines = tools_.store.jobs.staged(job.id, Stage::posted, after, Slice::most_rows);
    Slice slice{tools_.store};
    for (const auto& line : lines) {
        after = line.store_sku;
        if (withdraws && withdraw(cart, line, now)) {
            auto skipped = line;
            skipped.post.reset();
            skipped.after.reset();
            Deeds{tools_, {}}.end(std::move(skipped), ItemResult::skipped, job.let_go);
            name_unsent(tools_, cart, line, now);
        } else if (follow(tools_, job, line) == Followed::under_way) {
            leave(tools_, line);
        }
        if (!slice.goes_on()) return true;
    }
    return std::ssize(lines) == Slice::most_rows;
}

// A cart that is off gets nothing but what a job sends: with a job that sends, what was not sent yet ends. Any other leaves what an
// older one still sends.
void Jobs::release(stack::CartState& cart, bool ends_posts) {
    cart.job_needs = ends_posts ? stack::JobNeeds::nothing : needs_of_waiting(cart.cart.key);
    cart.are_job_posts_coming = false;
    cart.is_touched = true;
    if (ends_posts && !tools_.board.is_synchronized(cart)) tools_.queue.fold_all(cart);
}

Result<void> Jobs::cancel(JobId id, Now now) {
    auto job = tools_.store.jobs.get(id);
    if (!job) return fail(ErrorCode::not_found, fmt::format("There is no job {}.", id));
    const bool is_waiting = job->state == State::done && !job->options.is_dry_run && job->let_go.empty() &&
                            !tools_.store.jobs.waiting(id, {}, 1).empty();
    if (!is_at_work(job->state) && job->state != State::blocked && !is_waiting)
        return fail(ErrorCode::conflict, fmt::format("Job {} is {} by now.", id, to_string(job->state)));
    let_go(*job, "The job was cancelled.");
    if (const auto run = runs_.find(job->cart); run != runs_.end() && run->second->job().id == id) {
        run->second->finish(State::cancelled, now);
        runs_.erase(run);
        if (auto* cart = tools_.board.get(job->cart)) release(*cart, sends(*job));
    } else if (!is_waiting) {
        job->state = State::cancelled;
        job->finished_at = now.wall;
        tools_.store.jobs.save(*job);
    }
    if (const auto* cart = tools_.board.get(job->cart)) {
        if (job->state == State::blocked || job->state == State::cancelled) tools_.journal.clear("guard", cart->id(), "");
        tools_.journal.record({.at = now.wall, .kind = "job", .cart = cart->id(),
                               .text = fmt::format("{} of {} was cancelled (job {}); what was sent before stays, the rest is withdrawn.",
                                                   in_words(job->kind), cart->config().name, id)});
    }
    tools_.journal.tell(JobNotice{id});
    return {};
}

void Jobs::resume(Now now) {
    runs_.clear();
    waiting_.clear();
    letting_go_.clear();
    for (const auto& cart : tools_.board.all()) {
        if (!tools_.store.jobs.let_go(cart->cart.key).empty()) letting_go_.try_emplace(cart->cart.key);
        cart->job_needs = stack::JobNeeds::nothing;
        cart->are_job_posts_coming = false;
        look_at_waiting(cart->cart.key, now);
    }
    for (auto job : tools_.store.jobs.at_work()) {
        if (tools_.board.get(job.cart) != nullptr) {
            take_up(job);
        } else {
            job.state = State::cancelled;
            job.finished_at = now.wall;
            tools_.store.jobs.save(job);
        }
    }
}

void Jobs::end_gone(Now now) {
    std::erase_if(letting_go_, [&](const auto& one) { return tools_.board.get(one.first) == nullptr; });
    for (auto it = runs_.begin(); it != runs_.end();) {
        if (tools_.board.get(it->first) != nullptr) {
            ++it;
            continue;
        }
        it->second->finish(State::cancelled, now);
        tools_.store.pulls.withdraw_of(it->first);
        it = runs_.erase(it);
    }
}

void Jobs::hold(stack::CartState& cart, Now now) {
    cart.are_job_posts_coming = false;
    const auto run = runs_.find(cart.cart.key);
    if (run == runs_.end()) {
        // What was read is not kept for the time when it can be asked again.
        if (const auto at = waiting_.find(cart.cart.key);
            at != waiting_.end() && at->second.round && at->second.round->reading.steps().is_over())
            pause_waiting(at->second, now);
        return;
    }
    if (run->second->is_over()) close(cart, now);
    else run->second->hold();
}

void Jobs::switched_off(stack::CartState& cart) {
    if (!runs_.contains(cart.cart.key)) {
        release(cart, cart.job_needs == stack::JobNeeds::posts);
        cart.job_needs = stack::JobNeeds::nothing;
    }
    for (const auto& job : tools_.store.jobs.with_waiting(cart.cart.key))
        let_go(job, "Synchronization was turned off before it could be done. Start the job again for it.");
    waiting_.erase(cart.cart.key);
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
    if (const auto failed = audit_failed_.find(cart.cart.key); failed != audit_failed_.end()) return failed->second + audit_retry;
    const auto& settings = tools_.board.settings();
    const auto last = std::max(cart.cart.audited, cart.cart.synchronized);
    const bool is_early = last - cart.cart.synchronized < early_weeks;
    return last + (is_early ? settings.audit_early : settings.audit);
}

void Jobs::advance(stack::CartState& cart, Now now) {
    if (is_letting_go(cart) || cart.cart.fold_to) return;
    const auto found = runs_.find(cart.cart.key);
    if (found == runs_.end()) {
        advance_waiting(cart, now);
        return;
    }
    Run& run = *found->second;
    run.advance(cart, now);
    cart.are_job_posts_coming = run.has_more();
    if (run.is_over()) close(cart, now);
}

void Jobs::close(stack::CartState& cart, Now now) {
    const auto ended = runs_.extract(cart.cart.key);
    const Job& job = ended.mapped()->job();
    release(cart, sends(job));
    wind_up(job);
    if (job.kind == Kind::audit && job.compares_all()) note_audit(cart, job, now);
    look_at_waiting(cart.cart.key, now);
}

// A store whose list breaks off each time would never be compared, and nobody would know.
void Jobs::note_audit(stack::CartState& cart, const Job& job, Now now) {
    if (job.state == State::done) tools_.journal.clear("other", cart.id(), "");
    if (job.state != State::failed) return;
    audit_failed_[cart.cart.key] = now.steady;
    cart.cart.audited = {};
    tools_.board.save(cart);
    tools_.journal.raise({.kind = "other",
                          .severity = store::Severity::warning,
                          .cart = cart.id(),
                          .since = now.wall,
                          .message = fmt::format("The counts of {} could not be compared: {}", cart.config().name, job.message),
                          .hint = "It is tried again every hour. Until it succeeds, nobody knows whether the counts are equal.",
                          .action = "open_audit"});
}

// Of a job that did not get to its end nothing goes on but its posts.
void Jobs::wind_up(const Job& job) {
    if (job.options.is_dry_run || job.state == State::done) return;
    let_go(job, "The job ended before.");
}

void Jobs::answered(stack::CartState& cart, const stack::ForJob& asked, const cart::Done& done, Now now) {
    const auto run = runs_.find(cart.cart.key);
    if (run != runs_.end() && run->second->job().id == asked.job && run->second->ticket() == asked.ticket) {
        run->second->answered(cart, done, now);
        return;
    }
    if (run != runs_.end()) return;  // of a job that waits: it is looked at again when this one has ended
    Waiting& waiting = waiting_[cart.cart.key];
    if (!waiting.round || waiting.job != asked.job || waiting.ticket != asked.ticket) return;
    waiting.round->reading.answered(done, cart.cart, now.steady, tools_.times.between_reads);
    if (waiting.round->reading.steps().is_over()) waiting.look_at = now.steady;
    else ask_for(cart, waiting, now);
}

void Jobs::page(const stack::CartState& cart, const stack::ForJob& asked, const std::vector<cart::ReadCount>& page,
                std::int32_t answer) {
    const auto run = runs_.find(cart.cart.key);
    if (run != runs_.end() && run->second->job().id == asked.job && run->second->ticket() == asked.ticket)
        run->second->page(page, answer);
}

Run::Doing Jobs::doing(const Job& job) const noexcept {
    const auto run = runs_.find(job.cart);
    return run != runs_.end() && run->second->job().id == job.id ? run->second->doing() : Run::Doing{};
}

bool Jobs::has_more(const stack::CartState& cart) const noexcept {
    const auto run = runs_.find(cart.cart.key);
    return run != runs_.end() && run->second->has_more();
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
        if (const auto& round = waiting->second.round; round && round->reading.is_paused()) at(round->reading.steps().resume_at());
    }
    return next;
}

}  // namespace stocktray::jobs
