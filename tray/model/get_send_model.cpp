#include "tray/model/get_send_model.h"

#include <algorithm>
#include <utility>

namespace stocktray::tray {

using ipc::JobKind;
using ipc::JobState;
using ipc::jobs::Job;

GetSendModel::GetSendModel(JobKind kind, std::string cart, const AgentMirror& mirror,
                           Surroundings surroundings)
    : kind_{kind},
      cart_{std::move(cart)},
      mirror_{mirror},
      surroundings_{std::move(surroundings)},
      reader_{surroundings_.converse(), results_,
              [this] { reader_.is_reading() ? surroundings_.lines_added() : surroundings_.changed(); }},
      export_{surroundings_.converse(),
              [this](const std::string& sentence) {
                  exported_ = sentence;
                  surroundings_.changed();
              }},
      runner_{surroundings_.converse(), surroundings_.by, [this] { changed(); }},
      conversation_{surroundings_.converse()} {
    deed_.kind = kind;
    deed_.cart = cart_;
    runner_.on_news([this](const Job* job) { hear(job); });
    read();
}

void GetSendModel::read() {
    trouble_.clear();
    runner_.read();
    ipc::jobs::List list;
    list.cart = cart_;
    list.limit = 50;
    conversation_.ask(list, [this](auto answer) {
        if (answer)
            take_list(answer->jobs);
        else
            trouble_ = trouble_words(answer.error());
        surroundings_.changed();
    });
}

// The newest first.
void GetSendModel::take_list(const std::vector<Job>& jobs) {
    other_.reset();
    last_.reset();
    for (const auto& job : jobs) {
        const bool is_ours = runner_.job() && runner_.job()->job == job.job;
        if (!has_ended(job.state)) {
            if (is_ours) continue;
            if (step_ == Step::choose && job.kind == kind_ && !job.dry_run) {
                step_ = Step::running;
                runner_.follow(job);
            } else {
                other_ = job;
            }
        } else if (!last_ && job.kind == kind_ && !job.dry_run) {
            last_ = job;
        }
    }
}

void GetSendModel::hear(const Job* job) {
    if (!job) return read();  // the agent is there again
    if (job->cart != cart_ || runner_.is_starting() || (runner_.job() && runner_.job()->job == job->job))
        return;
    if (!has_ended(job->state))
        other_ = *job;
    else if (other_ && other_->job == job->job)
        other_.reset();
}

void GetSendModel::changed() {
    const auto& job = runner_.job();
    if (!runner_.trouble().empty() && !job && !runner_.is_starting()) {
        // It could not be started: back to where that can be mended.
        if (step_ == Step::previewing) step_ = Step::choose;
        if (step_ == Step::running) step_ = Step::preview;
    }
    if (job && has_ended(job->state)) end_of_job();
    surroundings_.changed();
}

void GetSendModel::end_of_job() {
    if (step_ == Step::previewing)
        step_ = runner_.job()->state == JobState::done ? Step::preview : Step::result;
    else if (step_ == Step::running)
        step_ = Step::result;
    else
        return;
    if (!runner_.job()->dry_run && runner_.job()->kind == kind_) last_ = runner_.job();
    exported_.clear();
    read_job_ = runner_.job()->job;
    if (step_ != Step::preview) results_.clear();
    reader_.read(*read_job_);
}

void GetSendModel::begin(ipc::jobs::Start start, Step step) {
    step_ = step;
    reader_.stop();
    trouble_.clear();
    runner_.start(std::move(start));
}

void GetSendModel::preview() {
    const auto before = deed_.options.skus;
    if (!is_undo()) {
        deed_ = {.kind = kind_, .cart = cart_};
        if (wishes.is_selection) deed_.options.skus = skus_of_text(wishes.skus);
        if (kind_ == JobKind::get_qoh && wishes.creates_records) deed_.options.create_records = true;
        if (wishes.allows_pending) deed_.options.allow_pending = true;
    }
    wishes.overrides_guard = false;
    auto start = deed_;
    start.options.dry_run = true;
    // Only another word on the same SKUs: what was left out stays so.
    if (step_ == Step::preview && deed_.options.skus == before) results_.begin_again();
    else results_.clear();
    begin(std::move(start), Step::previewing);
}

void GetSendModel::start() {
    if (step_ != Step::preview || !why_not_start().empty()) return;
    auto start = deed_;
    if (auto selection = results_.selection()) start.options.skus = std::move(selection);
    if (!guard().empty()) {
        start.options.guard_override = true;
        start.reason = wishes.reason;
    }
    begin(std::move(start), Step::running);
}

void GetSendModel::cancel() {
    runner_.cancel();
}

void GetSendModel::go_back() {
    if (step_ == Step::previewing) runner_.cancel();
    deed_ = {.kind = kind_, .cart = cart_};
    reader_.stop();
    runner_.let_go();
    results_.clear();
    wishes.overrides_guard = false;
    step_ = Step::choose;
    read();
    surroundings_.changed();
}

void GetSendModel::show_last() {
    if (!last_ || step_ != Step::choose) return;
    step_ = Step::running;  // its end follows at once
    runner_.follow(*last_);
}

void GetSendModel::preview_undo() {
    if (!can_undo()) return;
    deed_ = {.kind = JobKind::undo, .cart = cart_};
    deed_.options.job = runner_.job()->job;
    preview();
}

void GetSendModel::close() {
    if (step_ == Step::previewing) runner_.cancel();
}

bool GetSendModel::can_undo() const {
    const auto& job = runner_.job();
    if (step_ != Step::result || !job || job->dry_run || job->kind == JobKind::undo) return false;
    return job->state == JobState::done || job->state == JobState::cancelled ||
           job->state == JobState::failed;
}

void GetSendModel::set_items_per_send(std::int64_t items) {
    ipc::carts::Update update;
    update.cart = cart_;
    update.items_per_send = items;
    conversation_.ask(update, [this](auto answer) {
        trouble_ = answer ? std::string{} : trouble_words(answer.error());
        surroundings_.changed();
    });
}

}  // namespace stocktray::tray
