#include "tray/model/compare_model.h"

#include <algorithm>
#include <utility>

#include "ipc/messages/takeover.h"
#include "tray/model/job_words.h"
#include "tray/model/may.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using ipc::JobKind;
using ipc::JobState;
using ipc::jobs::Job;

constexpr std::int64_t day = 86'400'000;

// Not a line of what is equal on both sides.
bool is_done(const ipc::jobs::ResultItem& item) {
    return item.result == ipc::JobResult::ok && item.delta != 0;
}

}  // namespace

CompareModel::CompareModel(std::string cart, const AgentMirror& mirror, Surroundings surroundings)
    : cart_{std::move(cart)},
      mirror_{mirror},
      surroundings_{std::move(surroundings)},
      reader_{surroundings_.converse(), results_,
              [this] { reader_.is_reading() ? surroundings_.lines_added() : surroundings_.changed(); }},
      runner_{surroundings_.converse(), surroundings_.by, [this] { audit_changed(); }},
      repairer_{surroundings_.converse(), surroundings_.by, [this] { repair_changed(); }},
      conversation_{surroundings_.converse()} {
    runner_.on_news([this](const Job* job) {
        if (!job) return read();
        const auto is = [&](const JobRunner& runner) {
            return runner.is_starting() || (runner.job() && runner.job()->job == job->job);
        };
        if (job->cart != cart_ || is(runner_) || is(repairer_)) return;
        if (!has_ended(job->state))
            other_ = *job;
        else if (other_ && other_->job == job->job)
            other_.reset();
    });
    read();
}

void CompareModel::read() {
    trouble_.clear();
    runner_.read();
    repairer_.read();
    ipc::jobs::List list;
    list.cart = cart_;
    list.limit = 100;
    conversation_.ask(list, [this](auto answer) {
        is_looking_ = false;
        other_.reset();
        if (!answer) {
            trouble_ = trouble_words(answer.error());
            return surroundings_.changed();
        }
        const Job* found = nullptr;
        for (const auto& job : answer->jobs) {
            const bool is_repair = repairer_.job() && repairer_.job()->job == job.job;
            const bool is_audit = job.kind == JobKind::audit;
            if (!has_ended(job.state) && !is_audit && !is_repair) other_ = job;
            if (!found && is_audit && (!has_ended(job.state) || job.state == JobState::done)) found = &job;
        }
        if (found && !runner_.is_at_work() && (!runner_.job() || runner_.job()->job != found->job))
            runner_.follow(*found);
        surroundings_.changed();
    });
}

void CompareModel::compare() {
    if (!why_not_start().empty()) return;
    trouble_.clear();
    done_.clear();
    reader_.stop();
    results_.clear();
    read_job_.reset();
    runner_.start({.kind = JobKind::audit, .cart = cart_});
}

void CompareModel::audit_changed() {
    const auto& job = runner_.job();
    if (job && has_ended(job->state) && read_job_ != job->job) {
        read_job_ = job->job;
        done_at_.clear();
        explanations_.clear();
        results_.clear();
        reader_.read(job->job);
    }
    surroundings_.changed();
}

std::string CompareModel::title() const {
    return say(tr("Compare, {cart}"), fmt::arg("cart", cart_name()));
}

std::string CompareModel::headline() const {
    if (runner_.is_lost()) return tr("The agent is not reached.");
    const auto& job = runner_.job();
    if (!job && runner_.is_starting()) return tr("It is about to begin.");
    if (!job) return is_looking_ ? std::string{} : tr("This store has not been compared yet.");
    if (!has_ended(job->state)) return progress_words(*job, surroundings_.now());
    std::string text =
        say(tr("Compared {time}."), fmt::arg("time", time_words(job->started_at, surroundings_.now())));
    for (const auto& line : summary_words(*job, results_.tally(), cart_name(), surroundings_.now()))
        text += " " + line;
    return text;
}

int CompareModel::percent() const {
    const auto& job = runner_.job();
    if (!job || job->total <= 0) return -1;
    return static_cast<int>(std::min(job->done, job->total) * 100 / job->total);
}

std::string CompareModel::trouble() const {
    for (const auto* text : {&trouble_, &runner_.trouble(), &repairer_.trouble(), &reader_.trouble()})
        if (!text->empty()) return *text;
    return {};
}

std::string CompareModel::why_not_start() const {
    if (auto reason = why_not(mirror_, ipc::Role::order_manager); !reason.empty()) return reason;
    if (runner_.is_at_work() || repairer_.is_at_work()) return tr("It is at work.");
    if (other_)
        return say(tr("Another job is at work at {cart}: {what}. Please wait until it has ended."),
                   fmt::arg("cart", cart_name()), fmt::arg("what", job_title(*other_, cart_name())));
    return {};
}

std::string CompareModel::why_not_send() const {
    if (auto reason = why_not_start(); !reason.empty()) return reason;
    return why_not_send_qoh(mirror_);
}

bool CompareModel::can_repair(std::size_t at) const {
    using enum ipc::JobResult;
    const auto& item = results_.item(at);
    return (item.result == different || item.result == waiting) && item.om_qoh && item.before;
}

void CompareModel::repair(const std::vector<std::size_t>& lines, Right right) {
    if (!(right == Right::store ? why_not_start() : why_not_send()).empty()) return;
    std::vector<std::string> skus;
    for (const auto at : lines)
        if (can_repair(at) && skus.size() < JobResults::most_selected) skus.push_back(results_.item(at).sku);
    if (skus.empty()) return;
    done_.clear();
    trouble_.clear();
    ipc::jobs::Start start{.kind = right == Right::store ? JobKind::get_qoh : JobKind::send_qoh,
                           .cart = cart_};
    start.options.skus = std::move(skus);
    repairer_.start(std::move(start));
}

void CompareModel::repair_changed() {
    const auto& job = repairer_.job();
    if (job && has_ended(job->state) && told_repair_ != job->job) {
        told_repair_ = job->job;
        repaired_ = {};
        read_repaired(*job, std::nullopt);
    }
    surroundings_.changed();
}

void CompareModel::read_repaired(const Job& job, std::optional<std::string> after) {
    ipc::jobs::Results request{.job = job.job};
    request.after = std::move(after);
    request.limit = 1'000;
    conversation_.ask(request, [this, ended = job](auto answer) {
        if (told_repair_ != ended.job) return;  // another one was begun
        if (!answer)
            trouble_ = trouble_words(answer.error());
        else if (take_repaired(ended, answer->items); answer->next)
            return read_repaired(ended, std::move(answer->next));
        else
            tell_repaired(ended);
        surroundings_.changed();
    });
}

void CompareModel::take_repaired(const Job& job, const std::vector<ipc::jobs::ResultItem>& items) {
    for (const auto& item : items) {
        repaired_.add(item);
        auto& told = done_at_[item.store_sku];
        if (!is_done(item))
            told = result_words(item.result);
        else
            told = job.kind == JobKind::get_qoh ? tr("taken from the store") : tr("sent to the store");
        explanations_.erase(item.store_sku);
    }
}

void CompareModel::tell_repaired(const Job& job) {
    done_.clear();
    for (const auto& line : summary_words(job, repaired_, cart_name(), surroundings_.now()))
        done_ += (done_.empty() ? "" : " ") + line;
}

void CompareModel::ignore(const ipc::jobs::ResultItem& item, int days) {
    const auto until = days == 0 ? 0 : surroundings_.now() + days * day;
    ipc::drift::Ignore request;
    request.cart = cart_;
    request.sku = item.sku;
    request.until = until;
    conversation_.ask(request, [this, item, until](auto answer) {
        if (!answer) {
            trouble_ = trouble_words(answer.error());
            return surroundings_.changed();
        }
        trouble_.clear();
        done_at_[item.store_sku] = until == 0 ? result_words(item.result) : tr("ignored");
        done_ = until == 0 ? say(tr("Differences of SKU {sku} are told again."), fmt::arg("sku", item.sku))
                           : say(tr("Differences of SKU {sku} are neither told nor repaired until {time}."),
                                 fmt::arg("sku", item.sku),
                                 fmt::arg("time", time_words(until, surroundings_.now())));
        surroundings_.changed();
    });
}

void CompareModel::explain(std::size_t line) {
    const auto item = results_.item(line);
    ipc::qoh::Explain request;
    request.cart = cart_;
    request.sku = item.sku;
    conversation_.ask(request, [this, item](auto answer) {
        auto& text = explanations_[item.store_sku];
        if (!answer) {
            text = trouble_words(answer.error());
            return surroundings_.changed();
        }
        text = say(tr("SKU {sku}: {text}"), fmt::arg("sku", item.sku),
                   fmt::arg("text", translated_sentence(answer->text)));
        for (const auto& step : answer->steps)
            text +=
                "\n" + say(tr("{time}: {text}"), fmt::arg("time", time_words(step.at, surroundings_.now())),
                           fmt::arg("text", translated_sentence(step.text)));
        surroundings_.changed();
    });
}

std::string CompareModel::result_of(std::size_t line) const {
    const auto& item = results_.item(line);
    const auto at = done_at_.find(item.store_sku);
    return at == done_at_.end() ? result_words(item.result) : at->second;
}

std::string CompareModel::explanation(std::optional<std::size_t> line) const {
    if (!line) return tr("Select a SKU to see why its counts are as they are.");
    const auto& item = results_.item(*line);
    const auto at = explanations_.find(item.store_sku);
    if (at != explanations_.end()) return at->second;
    return item.text && !item.text->empty() ? translated_sentence(*item.text) : why_words(item);
}

}  // namespace stocktray::tray
