#include "tray/model/wizard_model.h"

#include <algorithm>
#include <random>

#include "tray/model/count_file.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using ipc::JobState;
using ipc::jobs::Job;

constexpr const char* source = "stocktray";
constexpr std::size_t items_per_part = 5'000;

std::string random_id() {
    std::random_device random;
    std::string id;
    for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", random());
    return id;
}

ipc::JobKind kind_of(RightSide side) {
    return side == RightSide::store ? ipc::JobKind::get_qoh : ipc::JobKind::send_qoh;
}

// Nothing more happens by itself, or only what waits for posts under way.
bool has_ended(const Job& job) {
    return job.state == JobState::done || job.state == JobState::failed || job.state == JobState::cancelled ||
           job.state == JobState::blocked;
}

}  // namespace

WizardModel::WizardModel(Link& link, const AgentMirror& mirror, Surroundings surroundings)
    : mirror_{mirror},
      surroundings_{std::move(surroundings)},
      side_{surroundings_.kept_side},
      carts_{link.converse(), mirror, [this] { look(); }},
      conversation_{link.converse()} {
    conversation_.hear({}, [this](const News& news) { hear(news); });
    carts_.read();
}

// A piece that was taken off for a test is put back, whoever closes the window.
WizardModel::~WizardModel() {
    if (trial_ == Trial::taken_off) submit(1, {});
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
    if (!cart_.empty() && carts_.find(cart_)) return;
    cart_.clear();
    for (const auto& cart : carts_.carts())
        if (cart_.empty() || !cart.synchronize_inventory) {
            cart_ = cart.cart;
            if (!cart.synchronize_inventory) break;
        }
    if (!cart_.empty()) read_state();
}

void WizardModel::look() {
    choose_cart();
    const bool is_known =
        carts_.is_read() && answers_missing_ == 0 && (cart_.empty() || mirror_.find_cart(cart_));
    if (!is_placed_ && mirror_.contact() == Contact::here && is_known) {
        is_placed_ = true;
        if (reached() != step_) go(reached());
    }
    if (trial_ == Trial::taken_off) {
        const auto* cart = mirror_.find_cart(cart_);
        if (cart && cart->status.last_confirmed_at > trial_before_) {
            trial_ = Trial::put_back;
            submit(1, {});
        }
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
    // The Order Manager is where a shop counts; the other answer is one key away.
    if (step == WizardStep::side && side_ == RightSide::unknown) choose(RightSide::order_manager);
    if (step == WizardStep::run && !(job_ && !has_ended(*job_))) {
        preview_.reset();
        job_.reset();
        is_agreed_ = are_orders_imported_ = false;
        start(true);
    }
}

void WizardModel::fail(const std::string& message) {
    error_ = translated_sentence(message);
    surroundings_.changed();
}

void WizardModel::choose(RightSide side) {
    if (side == side_) return;
    side_ = side;
    job_.reset();
    surroundings_.keep_side(side);
    surroundings_.changed();
}

// Opened before the file is read: what changes from here on is noticed.
void WizardModel::read_counts_from(const std::string& path) {
    if (is_reading_counts_) return;
    auto items = read_counts(path);
    if (!items) {
        counts_words_ = items.error();
        return surroundings_.changed();
    }
    is_reading_counts_ = true;
    counts_words_ = tr("The counts are being handed over…");
    send_part(std::move(*items), 0, 0, random_id());
    surroundings_.changed();
}

void WizardModel::send_part(std::vector<ipc::qoh::SnapshotItem> items, std::size_t from, std::int64_t part,
                            std::string snapshot) {
    ipc::qoh::Snapshot request{.source = source, .snapshot = snapshot, .part = part};
    auto to = from;
    if (part > 0) {
        to = std::min(from + items_per_part, items.size());
        using Step = std::vector<ipc::qoh::SnapshotItem>::difference_type;
        request.items.assign(items.begin() + static_cast<Step>(from), items.begin() + static_cast<Step>(to));
        request.last = to == items.size();
    }
    const bool is_last = request.last;
    conversation_.ask(request, [this, items = std::move(items), to, part, is_last,
                                snapshot](ipc::Expected<ipc::qoh::SnapshotResult> answer) mutable {
        if (answer && !is_last) return send_part(std::move(items), to, part + 1, std::move(snapshot));
        is_reading_counts_ = false;
        if (answer) {
            knows_counts_ = true;
            counts_words_ =
                say(tr_n("{n} count was taken over.", "{n} counts were taken over.", answer->received),
                    fmt::arg("n", number_words(answer->received)));
        } else {
            counts_words_ = translated_sentence(answer.error().message);
        }
        surroundings_.changed();
    });
}

void WizardModel::start(bool is_preview) {
    ipc::jobs::Start request;
    request.id = random_id();
    request.kind = kind_of(side_);
    request.cart = cart_;
    request.options.dry_run = is_preview;
    // At the beginning the store's products are all new to an Order Manager whose counts are not known.
    if (side_ == RightSide::store) request.options.create_records = !knows_counts_;
    if (are_orders_imported_) request.options.allow_pending = true;
    if (!is_preview && is_agreed_) request.options.guard_override = true;
    request.reason = "first steps";
    conversation_.ask(request, [this](ipc::Expected<ipc::jobs::Started> answer) {
        if (!answer) return fail(answer.error().message);
        awaited_job_ = answer->job;
        conversation_.ask(ipc::jobs::Get{.job = answer->job}, [this](ipc::Expected<Job> job) {
            if (job) take(*job);
            surroundings_.changed();
        });
    });
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
    are_orders_imported_ = are_imported;
    preview_.reset();
    start(true);
}

int WizardModel::percent() const {
    const auto& job = job_ ? job_ : preview_;
    if (!job || job->total == 0) return 0;
    return static_cast<int>(std::clamp<std::int64_t>(job->done * 100 / job->total, 0, 100));
}

void WizardModel::turn_on() {
    is_turning_on_ = true;
    const auto done = [this](const ipc::Expected<ipc::Nothing>& answer) {
        is_turning_on_ = false;
        if (!answer) return fail(answer.error().message);
        go(WizardStep::done);
        surroundings_.changed();
    };
    conversation_.ask(ipc::parameters::Set{.parameters = {{"SynchQOH", true}}},
                      [this, done](const ipc::Expected<ipc::Nothing>& answer) {
                          if (!answer) return done(answer);
                          ipc::carts::Update update;
                          update.cart = cart_;
                          update.synchronize_inventory = true;
                          conversation_.ask(update, done);
                      });
    surroundings_.changed();
}

void WizardModel::submit(std::int64_t delta, std::function<void()> then) {
    ipc::qoh::Change change{.id = random_id(), .sku = trial_sku_};
    change.delta = delta;
    change.reason = ipc::Reason::adjustment;
    change.reason_text = delta < 0 ? "test: one piece off" : "test: put back";
    conversation_.ask(ipc::qoh::Submit{.source = source, .changes = {change}},
                      [this, then = std::move(then)](ipc::Expected<ipc::qoh::SubmitResult> answer) {
                          if (!answer) return fail(answer.error().message);
                          if (!answer->rejected.empty()) return fail(answer->rejected[0].message);
                          if (then) then();
                      });
}

bool WizardModel::can_test_change() const {
    return step_ == WizardStep::done && is_on() && mirror_.contact() == Contact::here &&
           (trial_ == Trial::none || trial_ == Trial::put_back);
}

void WizardModel::test_change() {
    if (!can_test_change()) return;
    trial_ = Trial::looking;
    error_.clear();
    ipc::qoh::List list;
    list.cart = cart_;
    list.limit = 1'000;
    conversation_.ask(list, [this](ipc::Expected<ipc::qoh::ListResult> answer) {
        const auto give_up = [&](const std::string& why) {
            trial_ = Trial::none;
            fail(why);
        };
        if (!answer) return give_up(answer.error().message);
        const auto item = std::ranges::find_if(
            answer->items, [](const auto& one) { return one.tracked && one.om_qoh.value_or(0) > 0; });
        if (item == answer->items.end()) return give_up(tr("There is no SKU to try it with."));
        trial_sku_ = item->sku;
        const auto* cart = mirror_.find_cart(cart_);
        trial_before_ = cart ? cart->status.last_confirmed_at : 0;
        submit(-1, {});
        trial_ = Trial::taken_off;
        surroundings_.changed();
    });
    surroundings_.changed();
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
            return !carts_.is_saving();
        case WizardStep::side:
            return side_ == RightSide::store || (side_ == RightSide::order_manager && knows_counts_);
        case WizardStep::run:
            if (job_ && !has_ended(*job_)) return false;
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
                go(WizardStep::side);
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
