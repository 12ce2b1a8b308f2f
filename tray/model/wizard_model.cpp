#include "tray/model/wizard_model.h"

#include <algorithm>

#include "tray/model/wizard_job.h"
#include "tray/model/words.h"

namespace stocktray::tray {
using ipc::JobState;
using ipc::jobs::Job;

WizardModel::WizardModel(Link& link, const AgentMirror& mirror, Trial& trial, Surroundings surroundings)
    : mirror_{mirror},
      trial_{trial},
      surroundings_{std::move(surroundings)},
      side_{surroundings_.kept_side},
      carts_{link.converse(), mirror, [this] { look(); }},
      conversation_{link.converse()} {
    conversation_.hear({}, [this](const News& news) { hear(news); });
    trial_.on_change([this] { surroundings_.changed(); });
    carts_.read();
}

WizardModel::~WizardModel() {
    trial_.on_change({});
    trial_.end();
}

bool WizardModel::is_on() const {
    const auto* cart = mirror_.find_cart(cart_);
    return cart && mirror_.synch_qoh() && cart->status.synchronize_inventory;
}

WizardStep WizardModel::reached() const {
    if (mirror_.contact() != Contact::here) return WizardStep::agent;
    if (cart_.empty()) return WizardStep::cart;
    if (is_on()) return WizardStep::done;
    const bool may_run = side_ == RightSide::store || (side_ == RightSide::order_manager && knows_counts_);
    if (!may_run) return WizardStep::side;
    const bool has_run = job_ && !job_->dry_run && job_->state == JobState::done;
    return has_run ? WizardStep::turn_on : WizardStep::run;
}

// The one that is not finished, else the first.
void WizardModel::choose_cart() {
    if (!cart_.empty() && (!carts_.is_read() || carts_.find(cart_))) return;
    const bool is_gone = !cart_.empty();
    cart_.clear();
    for (const auto& cart : carts_.carts())
        if (cart_.empty() || !cart.synchronize_inventory) {
            cart_ = cart.cart;
            if (!cart.synchronize_inventory) break;
        }
    if (is_gone) begin_with_another_cart();
    if (!cart_.empty()) read_state();
}

// What was looked at and agreed to was said of the cart that is gone.
void WizardModel::begin_with_another_cart() {
    let_go_of_preview();
    job_.reset();
    if (step_ == WizardStep::agent) return;
    go(WizardStep::cart);
    error_ = tr("The cart of these steps is not there any more.");
}

// It would hold the cart, and its numbers are of another question.
void WizardModel::let_go_of_preview() {
    ++starts_;
    is_starting_ = false;
    if (preview_ && !has_ended(*preview_)) conversation_.ask(ipc::jobs::Cancel{.job = preview_->job}, [](const auto&) {});
    preview_.reset();
    awaited_job_.reset();
    is_agreed_ = are_orders_imported_ = false;
}

void WizardModel::look() {
    choose_cart();
    const bool is_known =
        carts_.is_read() && answers_missing_ == 0 && (cart_.empty() || mirror_.find_cart(cart_));
    if (!is_placed_ && mirror_.contact() == Contact::here && is_known) {
        is_placed_ = true;
        if (reached() != step_) go(reached());
    }
    surroundings_.changed();
}

// What the agent knows of the cart: its last job, and whether the Order Manager's counts have come.
void WizardModel::read_state() {
    answers_missing_ = 2;
    const auto answered = [this] {
        --answers_missing_;
        look();
    };
    ipc::jobs::List jobs;
    jobs.cart = cart_;
    conversation_.ask(jobs, [this, answered](ipc::Expected<ipc::jobs::ListResult> answer) {
        if (answer) {
            const auto& all = answer->jobs;  // newest first
            const auto last = std::ranges::find_if(all, [this](const Job& job) {
                return !job.dry_run && !job.undoes && job.kind == kind_of(side_);
            });
            if (last != all.end() && side_ != RightSide::unknown) job_ = *last;
        }
        answered();
    });
    conversation_.ask(ipc::qoh::List{}, [this, answered](ipc::Expected<ipc::qoh::ListResult> answer) {
        if (answer)
            knows_counts_ =
                std::ranges::any_of(answer->items, [](const auto& item) { return item.om_qoh.has_value(); });
        answered();
    });
}

void WizardModel::hear(const News& news) {
    for (const auto& item : news) {
        if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item)) {
            if (const auto progress = event->as<ipc::events::JobProgress>()) take(*progress);
            if (const auto finished = event->as<ipc::events::JobFinished>()) take(*finished);
        }
    }
    look();
}

void WizardModel::take(const Job& job) {
    if (awaited_job_ != job.job && (!preview_ || preview_->job != job.job) && (!job_ || job_->job != job.job))
        return;
    if (job.cart != cart_ || job.kind != kind_of(side_)) return;
    auto& known = job.dry_run ? preview_ : job_;
    // An answer may come after the event that tells of the end, and be older.
    if (known && known->job == job.job && has_ended(*known)) return;
    known = job;
}

void WizardModel::go(WizardStep step) {
    step_ = step;
    step_since_ = surroundings_.now();
    error_.clear();
    if (step == WizardStep::cart && !cart_.empty()) carts_.edit(cart_);
    if (step == WizardStep::cart && carts_.is_gone()) carts_.edit_new();
    // The Order Manager is where a shop counts; the other answer is one key away.
    if (step == WizardStep::side && side_ == RightSide::unknown) choose(RightSide::order_manager);
    if (step == WizardStep::run && !(job_ && !has_ended(*job_))) {
        let_go_of_preview();
        job_.reset();
        start(true);
    }
}

void WizardModel::fail(const std::string& message) {
    error_ = translated_sentence(message);
    surroundings_.changed();
}

void WizardModel::choose(RightSide side) {
    if (side == side_) return;
    let_go_of_preview();
    side_ = side;
    job_.reset();
    surroundings_.keep_side(side);
    surroundings_.changed();
}

bool WizardModel::needs_agreement() const {
    return step_ == WizardStep::run && preview_ && preview_->state == JobState::done &&
           preview_->would_block && (!job_ || has_ended(*job_));
}

void WizardModel::agree(bool is_agreed) {
    is_agreed_ = is_agreed;
    surroundings_.changed();
}

bool WizardModel::can_say_orders_are_imported() const {
    if (step_ != WizardStep::run || job_ || !preview_) return false;
    return are_orders_imported_ || (preview_->state == JobState::done && preview_->counts.waiting > 0);
}

// The preview is made anew: it would show other counts now.
void WizardModel::say_orders_are_imported(bool are_imported) {
    if (are_orders_imported_ == are_imported || !preview_ || !has_ended(*preview_)) return;
    let_go_of_preview();
    are_orders_imported_ = are_imported;
    start(true);
}

int WizardModel::percent() const {
    const auto& job = job_ ? job_ : preview_;
    if (!job || job->total == 0) return 0;
    return static_cast<int>(std::clamp<std::int64_t>(job->done * 100 / job->total, 0, 100));
}

bool WizardModel::can_back() const {
    return step_ != WizardStep::agent && step_ != WizardStep::done && !(job_ && !has_ended(*job_));
}

void WizardModel::back() {
    if (!can_back()) return;
    go(static_cast<WizardStep>(static_cast<int>(step_) - 1));
    surroundings_.changed();
}

bool WizardModel::can_next() const {
    if (step_ == WizardStep::agent) return mirror_.contact() == Contact::here && carts_.is_read();
    if (!why_barred(mirror_, ipc::Role::admin, surroundings_.now()).empty()) return false;
    switch (step_) {
        case WizardStep::agent:
        case WizardStep::done:
            return false;
        case WizardStep::cart:
            return !carts_.is_saving() && !carts_.is_gone();
        case WizardStep::side:
            return side_ == RightSide::store || (side_ == RightSide::order_manager && knows_counts_);
        case WizardStep::run:
            if (is_starting_ || (job_ && !has_ended(*job_))) return false;
            if (job_ && job_->state == JobState::done) return true;
            return preview_ && preview_->state == JobState::done && (!preview_->would_block || is_agreed_);
        case WizardStep::turn_on:
            return !is_turning_on_;
    }
    return false;
}

void WizardModel::next() {
    if (!can_next()) return;
    switch (step_) {
        case WizardStep::agent:
            go(cart_.empty() ? WizardStep::cart : reached());
            break;
        case WizardStep::cart:
            return carts_.save(SameStore::no, [this] {
                cart_ = carts_.form().cart;
                read_state();
                if (!carts_.is_changed()) go(WizardStep::side);  // else something was typed meanwhile
                surroundings_.changed();
            });
        case WizardStep::side:
            go(WizardStep::run);
            break;
        case WizardStep::run:
            if (job_ && job_->state == JobState::done)
                go(is_on() ? WizardStep::done : WizardStep::turn_on);
            else
                start(false);
            break;
        case WizardStep::turn_on:
            return turn_on();
        case WizardStep::done:
            break;
    }
    surroundings_.changed();
}

}  // namespace stocktray::tray
