#include "tray/model/job_runner.h"

#include <utility>

#include "ipc/messages/events.h"
#include "ipc/random_id.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using ipc::jobs::Job;

// No answer leaves open whether it was started. With the same id it cannot be started twice.
constexpr int attempts = 3;

}  // namespace

bool has_ended(ipc::JobState state) {
    return state != ipc::JobState::queued && state != ipc::JobState::running &&
           state != ipc::JobState::waiting;
}

std::string trouble_words(const ipc::Error& error) {
    switch (error.code) {
        case ipc::Code::no_agent:
            return tr("The agent is not reached. Nothing was done; please try again when it is there.");
        case ipc::Code::no_answer:
            return tr("The agent did not answer in time. Press F5 to see whether it has done it.");
        default:
            return translated_sentence(error.message);
    }
}

JobRunner::JobRunner(Conversation conversation, std::string by, std::function<void()> changed)
    : by_{std::move(by)}, changed_{std::move(changed)}, conversation_{std::move(conversation)} {
    conversation_.hear({}, [this](const News& news) { hear(news); });
}

void JobRunner::start(ipc::jobs::Start start) {
    job_.reset();
    trouble_.clear();
    is_starting_ = true;
    start.id = ipc::random_id();
    if (!by_.empty()) start.by = by_;
    ask_to_start(start, attempts);
    changed_();
}

void JobRunner::ask_to_start(const ipc::jobs::Start& start, int attempts_left) {
    const auto call = ++calls_;
    conversation_.ask(start, [this, start, attempts_left, call](auto started) {
        if (call != calls_) return;
        if (!started && started.error().code == ipc::Code::no_answer && attempts_left > 1)
            return ask_to_start(start, attempts_left - 1);
        is_starting_ = false;
        if (!started) {
            // Whether the first attempt was done nobody knows.
            if (attempts_left < attempts && ipc::leaves_open_what_was_before(started.error().code))
                started.error().code = ipc::Code::no_answer;
            trouble_ = trouble_words(started.error());
            return changed_();
        }
        job_ = Job{.job = started->job, .kind = start.kind, .cart = start.cart};
        job_->dry_run = start.options.dry_run.value_or(false);
        job_->undoes = start.options.job;
        read();
        changed_();
    });
}

void JobRunner::follow(const Job& job) {
    ++calls_;
    is_starting_ = false;
    trouble_.clear();
    job_ = job;
    read();
    changed_();
}

void JobRunner::let_go() {
    ++calls_;
    is_starting_ = false;
    trouble_.clear();
    job_.reset();
}

void JobRunner::cancel() {
    if (!job_) return;
    conversation_.ask(ipc::jobs::Cancel{.job = job_->job}, [this](auto answer) {
        // It has ended meanwhile: just as well.
        if (!answer && answer.error().code != ipc::Code::conflict) trouble_ = trouble_words(answer.error());
        read();
        changed_();
    });
}

void JobRunner::read() {
    if (!job_) return;
    conversation_.ask(ipc::jobs::Get{job_->job}, [this, call = calls_](auto answer) {
        if (call != calls_ || !job_) return;
        if (answer)
            take(*answer);
        else if (answer.error().code != ipc::Code::no_agent && answer.error().code != ipc::Code::no_answer)
            trouble_ = trouble_words(answer.error());
        changed_();
    });
}

void JobRunner::take(const Job& job) {
    // What was heard of its end is never undone by an answer that is older.
    if (!job_ || job.job != job_->job || (has_ended(job_->state) && !has_ended(job.state))) return;
    job_ = job;
}

void JobRunner::hear(const News& news) {
    for (const auto& item : news) {
        if (std::holds_alternative<Snapshot>(item)) {
            is_lost_ = false;
            read();
            if (news_) news_(nullptr);
        } else if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item)) {
            std::optional<Job> job;
            if (const auto moved = event->as<ipc::events::JobProgress>()) job = *moved;
            if (const auto finished = event->as<ipc::events::JobFinished>()) job = *finished;
            if (!job) continue;
            take(*job);
            if (news_) news_(&*job);
        } else {
            is_lost_ = true;
        }
    }
    changed_();
}

}  // namespace stocktray::tray
