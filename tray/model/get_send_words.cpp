// What the steps of Get and Send say.
#include <algorithm>

#include "tray/model/get_send_model.h"
#include "tray/model/job_words.h"
#include "tray/model/may.h"
#include "tray/model/words.h"

namespace stocktray::tray {

using ipc::JobKind;
using ipc::JobState;

std::string GetSendModel::title() const {
    return say(tr("{what}, {cart}"), fmt::arg("what", kind_words(kind_)), fmt::arg("cart", cart_name()));
}

std::string GetSendModel::safety_words() const {
    const auto pattern =
        kind_ == JobKind::get_qoh
            ? tr("Takes the counts of {cart} into the Order Manager. You can do this while synchronization "
                 "runs: posts under way and web orders that are not imported yet are not counted twice, and "
                 "a SKU of which that cannot be said yet waits and goes on by itself.")
            : tr("Brings the counts of {cart} to those of the Order Manager. You can do this while "
                 "synchronization runs: posts under way and web orders that are not imported yet are not "
                 "counted twice, and a SKU of which that cannot be said yet waits and goes on by itself.");
    return say(pattern, fmt::arg("cart", cart_name()));
}

std::string GetSendModel::selection_words() const {
    const auto skus = static_cast<std::int64_t>(skus_of_text(wishes.skus).size());
    return say(tr_n("{n} SKU", "{n} SKUs", skus), fmt::arg("n", number_words(skus)));
}

std::string GetSendModel::last_words() const {
    if (!last_) return {};
    return say(tr("Last time: {time}, {state}."),
               fmt::arg("time", time_words(last_->started_at, surroundings_.now())),
               fmt::arg("state", job_state_words(last_->state)));
}

std::string GetSendModel::why_not_allowed() const {
    return kind_ == JobKind::send_qoh && !is_undo() ? why_not_send_qoh(mirror_) : why_not(mirror_, ipc::Role::order_manager);
}

std::string GetSendModel::why_not_preview() const {
    if (auto reason = why_not_allowed(); !reason.empty()) return reason;
    if (other_)
        return say(tr("Another job is at work at {cart}: {what}. Please wait until it has ended."),
                   fmt::arg("cart", cart_name()), fmt::arg("what", job_title(*other_, cart_name())));
    if (!wishes.is_selection) return {};
    const auto skus = skus_of_text(wishes.skus).size();
    if (skus == 0) return tr("No SKU is named yet.");
    if (skus > JobResults::most_selected)
        return say(tr("At most {n} SKUs can be chosen at once."),
                   fmt::arg("n", number_words(JobResults::most_selected)));
    return {};
}

std::string GetSendModel::why_not_start() const {
    if (auto reason = why_not_allowed(); !reason.empty()) return reason;
    if (reader_.is_reading()) return tr("The preview is still being read.");
    // What it asks would be about a part of what is done.
    if (!reader_.trouble().empty()) return tr("The preview could not be read to its end. Please go back and make it again.");
    if (question().empty()) return tr("There is nothing to change.");
    if (const auto selection = results_.selection()) {
        if (selection->empty()) return tr("Every SKU is left out.");
        if (selection->size() > JobResults::most_selected || !reader_.is_whole())
            return say(tr("SKUs can be left out of at most {n}. Leave none out, or choose fewer SKUs first."),
                       fmt::arg("n", number_words(JobResults::most_selected)));
    }
    if (guard().empty()) return {};
    if (!wishes.overrides_guard) return tr("It would change a lot. Please say that you have looked at it.");
    if (wishes.reason.find_first_not_of(' ') == std::string::npos) return tr("Please say why it is right.");
    return {};
}

std::string GetSendModel::question() const {
    if (!runner_.job()) return {};
    auto tally = results_.tally();
    // Of more lines than are shown the agent has counted all.
    if (!reader_.is_whole()) tally.changed = std::max(tally.changed, runner_.job()->counts.would_change);
    return question_words(*runner_.job(), tally, cart_name());
}

std::string GetSendModel::guard() const {
    const auto& job = runner_.job();
    if (!job || !job->would_block) return {};
    return tr("This would change a lot.") + " " + guard_words(*job->would_block);
}

std::string GetSendModel::pending() const {
    const auto& waiting = results_.tally().waiting;
    const auto at = waiting.find(ipc::Cause::web_orders_not_imported);
    if (is_undo() || (at == waiting.end() && !wishes.allows_pending)) return {};
    const auto* cart = mirror_.find_cart(cart_);
    const auto orders = cart ? cart->status.not_imported.value_or(0) : 0;
    std::string text;
    if (orders > 0)
        text = say(tr_n("{n} web order of {cart} is not imported into the Order Manager yet.",
                        "{n} web orders of {cart} are not imported into the Order Manager yet.", orders),
                   fmt::arg("n", number_words(orders)), fmt::arg("cart", cart_name()));
    else
        text = say(tr("It is not known which web orders of {cart} were imported into the Order Manager."),
                   fmt::arg("cart", cart_name()));
    return text + " " +
           tr("Import them there, and these SKUs go on by themselves. If you are sure that there are none, "
              "say so here.");
}

std::string GetSendModel::progress() const {
    if (runner_.is_lost()) return tr("The agent is not reached. The job goes on when it is there again.");
    const auto& job = runner_.job();
    if (!job) return tr("It is about to begin.");
    auto text = progress_words(*job, surroundings_.now());
    if (job->state == JobState::waiting && job->counts.waiting > 0 && job->done >= job->total) {
        const auto n = job->counts.waiting;
        text += " " + say(tr_n("All is done but {n} SKU that waits. It goes on by itself; you can close this "
                               "window.",
                               "All is done but {n} SKUs that wait. They go on by themselves; you can close "
                               "this window.",
                               n),
                          fmt::arg("n", number_words(n)));
    }
    return text;
}

int GetSendModel::percent() const {
    const auto& job = runner_.job();
    if (!job || job->total <= 0) return -1;
    return static_cast<int>(std::min(job->done, job->total) * 100 / job->total);
}

std::string GetSendModel::summary() const {
    if (!runner_.job()) return {};
    std::string text;
    for (const auto& line : summary_words(*runner_.job(), results_.tally(), cart_name(), surroundings_.now()))
        text += (text.empty() ? "" : "\n") + line;
    return text;
}

std::string GetSendModel::left_out_words() const {
    const auto n = static_cast<std::int64_t>(results_.left_out());
    if (n == 0) return {};
    return say(tr_n("{n} SKU is left out.", "{n} SKUs are left out.", n), fmt::arg("n", number_words(n)));
}

std::string GetSendModel::trouble() const {
    if (mirror_.contact() == Contact::lost) return why_away(mirror_);
    for (const auto* text : {&trouble_, &runner_.trouble(), &reader_.trouble()})
        if (!text->empty()) return *text;
    return {};
}

std::optional<std::int64_t> GetSendModel::items_per_send() const {
    const auto* cart = mirror_.find_cart(cart_);
    if (kind_ != JobKind::send_qoh || !cart || !cart->definition) return std::nullopt;
    const bool only_replaces = std::ranges::any_of(mirror_.alerts(), [&](const auto& alert) {
        return alert.kind == ipc::AlertKind::absolute_script && alert.cart == cart_;
    });
    if (!only_replaces) return std::nullopt;
    return cart->definition->items_per_send;
}

}  // namespace stocktray::tray
