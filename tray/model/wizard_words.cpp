// What the steps of the wizard say.
#include "tray/model/wizard_model.h"
#include "tray/model/words.h"

namespace stocktray::tray {

using ipc::JobState;

std::string WizardModel::title() const {
    switch (step_) {
        case WizardStep::agent:
            return tr("The agent");
        case WizardStep::cart:
            return tr("Your store");
        case WizardStep::side:
            return tr("Which counts are right?");
        case WizardStep::run:
            return side_ == RightSide::store ? tr("Get QOH From Website") : tr("Send QOH To Website");
        case WizardStep::turn_on:
            return tr("Turn synchronization on");
        case WizardStep::done:
            return tr("Done. Now test it");
    }
    return {};
}

std::string WizardModel::words() const {
    const auto name = mirror_.name_of(cart_);
    switch (step_) {
        case WizardStep::agent:
            return tr(
                "The agent is a program in the background. It keeps the changes of your counts safe and "
                "brings them to your stores, also while nobody looks.");
        case WizardStep::cart:
            return tr(
                "Tell Stocktray where your store is. The Order Manager has the same values in its "
                "definition of the cart.");
        case WizardStep::side:
            return tr(
                "At the beginning one side gives its counts to the other, once. After that each change "
                "is brought over by itself.");
        case WizardStep::run:
            return side_ == RightSide::store
                       ? tr("This is what would change in the Order Manager. Nothing is changed before you "
                            "start it.")
                       : tr("This is what would change at the store. Nothing is changed before you start "
                            "it.");
        case WizardStep::turn_on:
            return say(
                tr("Now SynchQOH is turned on for all carts and Synchronize Inventory for {cart}. From "
                   "then on each change of a count is posted within seconds."),
                fmt::arg("cart", name));
        case WizardStep::done:
            return say(tr("{cart} is synchronized. Change one count in the Order Manager, by one piece, and "
                          "watch it being confirmed here. Or let Stocktray do it: it takes one piece off and "
                          "puts it back."),
                       fmt::arg("cart", name));
    }
    return {};
}

std::string WizardModel::preview_words() const {
    if (!preview_) return tr("The preview is being made…");
    if (preview_->state == JobState::failed)
        return preview_->message ? translated_sentence(*preview_->message) : tr("The preview failed.");
    if (preview_->state == JobState::blocked && preview_->blocked)
        return translated_sentence(preview_->blocked->message);
    if (preview_->state != JobState::done)
        return say(tr("The preview is being made: {done} of {total}"),
                   fmt::arg("done", number_words(preview_->done)),
                   fmt::arg("total", number_words(preview_->total)));
    const auto& counts = preview_->counts;
    std::string words = say(tr_n("{n} count would change.", "{n} counts would change.", counts.would_change),
                            fmt::arg("n", number_words(counts.would_change)));
    const auto line = [&](std::int64_t count, const std::string& text) {
        if (count > 0) words += "\n" + say(text, fmt::arg("n", number_words(count)));
    };
    line(counts.ok, tr_n("{n} is equal already.", "{n} are equal already.", counts.ok));
    line(counts.new_, tr_n("{n} product is new.", "{n} products are new.", counts.new_));
    line(counts.not_found,
         tr_n("{n} SKU is not at the store.", "{n} SKUs are not at the store.", counts.not_found));
    line(counts.not_tracked,
         tr_n("{n} SKU is not tracked.", "{n} SKUs are not tracked.", counts.not_tracked));
    line(counts.skipped, tr_n("{n} SKU is left out.", "{n} SKUs are left out.", counts.skipped));
    line(counts.waiting,
         tr_n("{n} SKU waits: it is not known whether its web orders are imported.",
              "{n} SKUs wait: it is not known whether their web orders are imported.", counts.waiting));
    line(counts.ambiguous + counts.error,
         tr_n("{n} SKU cannot be changed.", "{n} SKUs cannot be changed.", counts.ambiguous + counts.error));
    if (counts.waiting > 0 && can_say_orders_are_imported())
        words += "\n" + tr("Tick above that all web orders are imported, if they are.");
    if (preview_->would_block)
        words += "\n\n" + tr("Look at this before you start:") + "\n" + translated_sentence(preview_->would_block->message);
    return words;
}

std::string WizardModel::run_words() const {
    switch (job_->state) {
        case JobState::done: {
            const auto& counts = job_->counts;
            std::string words =
                say(tr_n("Done: {n} count is right now.", "Done: {n} counts are right now.", counts.ok),
                    fmt::arg("n", number_words(counts.ok)));
            if (counts.waiting > 0)
                words += "\n" + say(tr_n("{n} SKU goes on by itself.", "{n} SKUs go on by themselves.",
                                         counts.waiting),
                                    fmt::arg("n", number_words(counts.waiting)));
            if (side_ == RightSide::store)
                words +=
                    "\n" + tr("What differs waits for the Order Manager, which takes it over by itself.");
            return words;
        }
        case JobState::failed:
            return job_->message ? translated_sentence(*job_->message) : tr("This did not work.");
        case JobState::blocked:
            return job_->blocked ? translated_sentence(job_->blocked->message) : tr("This did not work.");
        case JobState::cancelled:
            return tr("It was ended. Nothing more is changed.");
        case JobState::queued:
        case JobState::running:
        case JobState::waiting:
            break;
    }
    std::string words = say(tr("{done} of {total}"), fmt::arg("done", number_words(job_->done)),
                            fmt::arg("total", number_words(job_->total)));
    if (job_->remaining_ms)
        words += ", " + say(tr("{time} left"), fmt::arg("time", age_words(*job_->remaining_ms)));
    return words;
}

std::string WizardModel::trial_words() const {
    const auto* cart = mirror_.find_cart(cart_);
    const auto confirmed = cart ? cart->status.last_confirmed_at : 0;
    if (!trial_.error().empty()) return trial_.error();
    switch (trial_.step()) {
        case Trial::Step::looking:
        case Trial::Step::taking_off:
            return tr("Looking for a SKU…");
        case Trial::Step::taken_off:
        case Trial::Step::putting_back:
            return say(tr("One piece of {sku} was taken off. Waiting for the store…"), fmt::arg("sku", trial_.sku()));
        case Trial::Step::put_back:
            if (!trial_.has_followed()) return say(tr("The piece of {sku} is put back."), fmt::arg("sku", trial_.sku()));
            return say(
                tr("It works: the store has confirmed the change of {sku} at {time}. The piece is put back."),
                fmt::arg("sku", trial_.sku()), fmt::arg("time", clock_words(confirmed)));
        case Trial::Step::none:
            break;
    }
    if (confirmed > step_since_)
        return say(tr("It works: the store has confirmed a change at {time}."),
                   fmt::arg("time", clock_words(confirmed)));
    return tr("Waiting for the first change…");
}

std::string WizardModel::status() const {
    if (!error_.empty()) return error_;
    const auto barred = why_barred(mirror_, ipc::Role::admin, surroundings_.now());
    if (!barred.empty()) return barred;
    switch (step_) {
        case WizardStep::agent:
            return say(tr("The agent is there, version {version}."),
                       fmt::arg("version", mirror_.hello().version));
        case WizardStep::cart:
            return carts_.is_gone() ? tr("This cart was deleted elsewhere meanwhile. What stands here cannot be saved.")
                                    : carts_.error();
        case WizardStep::side:
            if (side_ != RightSide::order_manager) return {};
            if (!counts_words_.empty()) return counts_words_;
            return knows_counts_
                       ? tr("The Order Manager's counts are known.")
                       : tr("The Order Manager's counts are not known yet. Where it cannot send them "
                            "itself, export them to a file and choose it here.");
        case WizardStep::run:
            return job_ ? run_words() : preview_words();
        case WizardStep::turn_on:
            return is_turning_on_ ? tr("It is being turned on…") : std::string{};
        case WizardStep::done:
            return trial_words();
    }
    return {};
}

std::string WizardModel::next_label() const {
    switch (step_) {
        case WizardStep::run:
            if (job_ && job_->state == JobState::done) break;
            return side_ == RightSide::store ? tr("&Get the Counts") : tr("&Send the Counts");
        case WizardStep::turn_on:
            return tr("T&urn On");
        case WizardStep::cart:
            return tr("Save and Go &On");
        case WizardStep::agent:
        case WizardStep::side:
        case WizardStep::done:
            break;
    }
    return tr("Go &On");
}

}  // namespace stocktray::tray
