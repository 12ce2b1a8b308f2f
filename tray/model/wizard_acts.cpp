// What the wizard asks the agent to do: take counts over, preview and run the job, turn on, try a change.
#include <algorithm>

#include "ipc/random_id.h"
#include "tray/model/count_file.h"
#include "tray/model/wizard_job.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr const char* source = "stocktray";
constexpr std::size_t items_per_part = 5'000;

}  // namespace

using ipc::jobs::Job;

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
    send_part(std::move(*items), 0, 0, ipc::random_id());
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
    request.id = ipc::random_id();
    request.kind = kind_of(side_);
    request.cart = cart_;
    request.options.dry_run = is_preview;
    // At the beginning the store's products are all new to an Order Manager whose counts are not known.
    if (side_ == RightSide::store) request.options.create_records = !knows_counts_;
    if (are_orders_imported_) request.options.allow_pending = true;
    if (!is_preview && is_agreed_) request.options.guard_override = true;
    request.reason = "first steps";
    is_starting_ = true;
    conversation_.ask(request, [this, is_preview, number = ++starts_](ipc::Expected<ipc::jobs::Started> answer) {
        if (number != starts_) {
            // A preview that nobody wants to see any more, and that has kept the wanted one off the cart.
            if (answer && is_preview)
                conversation_.ask(ipc::jobs::Cancel{.job = answer->job}, [this](const auto&) {
                    if (step_ != WizardStep::run || is_starting_ || preview_ || job_ || awaited_job_) return;
                    error_.clear();
                    start(true);
                });
            return;
        }
        is_starting_ = false;
        if (!answer) return fail(answer.error().message);
        awaited_job_ = answer->job;
        conversation_.ask(ipc::jobs::Get{.job = answer->job}, [this](ipc::Expected<Job> job) {
            if (job) take(*job);
            surroundings_.changed();
        });
    });
    surroundings_.changed();
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

bool WizardModel::can_test_change() const {
    return step_ == WizardStep::done && is_on() && trial_.can_begin();
}

void WizardModel::test_change() {
    if (can_test_change()) trial_.begin(cart_);
}

}  // namespace stocktray::tray
