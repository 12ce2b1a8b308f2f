#include "tray/model/explain_model.h"

#include <utility>

#include "tray/model/post_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {

ExplainModel::ExplainModel(Conversation conversation, Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, conversation_{std::move(conversation)} {}

void ExplainModel::show(const std::string& cart, const std::string& sku) {
    if (cart != cart_ || sku != sku_) {
        is_known_ = false;
        result_ = {};
    }
    cart_ = cart;
    sku_ = sku;
    ++generation_;
    if (cart.empty() || sku.empty()) return;
    conversation_.ask(ipc::qoh::Explain{cart, sku},
                      [this, generation = generation_](ipc::Expected<ipc::qoh::ExplainResult> answer) {
                          if (generation != generation_) return;
                          trouble_.clear();
                          if (answer) {
                              result_ = std::move(*answer);
                              is_known_ = true;
                          } else {
                              trouble_ = translated_sentence(answer.error().message);
                          }
                          surroundings_.changed();
                      });
    surroundings_.changed();
}

std::string ExplainModel::summary() const {
    if (!trouble_.empty()) return trouble_;
    if (!is_known_) return sku_.empty() ? tr("Enter a SKU.") : tr("Reading…");
    const auto known = [](const std::optional<std::int64_t>& count) {
        return count ? number_words(*count) : tr("not known");
    };
    // The agent says more than that the cause is not known.
    const bool is_told = result_.cause == ipc::Cause::unknown && !result_.text.empty();
    std::string words = is_told ? translated_sentence(result_.text) : words_of(result_.cause);
    words += "\n" + say(tr("Order Manager: {om}. {cart}: {store}."), fmt::arg("om", known(result_.om_qoh)),
                        fmt::arg("cart", surroundings_.cart_name(cart_)),
                        fmt::arg("store", known(result_.store_qoh)));
    if (result_.target && result_.difference.value_or(0) != 0)
        words += " " + say(tr("It should be {target} there; the difference is {difference}."),
                           fmt::arg("target", number_words(*result_.target)),
                           fmt::arg("difference", pieces_words(*result_.difference)));
    if (result_.steps.empty()) words += "\n" + tr("Nothing has happened to it yet.");
    return words;
}

std::string ExplainModel::text(std::size_t row, Column column) const {
    if (row >= result_.steps.size()) return {};
    const auto& step = result_.steps[row];
    switch (column) {
        case Column::when:
            return time_words(step.at, surroundings_.now());
        case Column::difference:
            return step.delta ? pieces_words(*step.delta) : std::string{};
        case Column::store:
            return step.qoh ? number_words(*step.qoh) : std::string{};
        case Column::text:
            return translated_sentence(step.text);
    }
    return {};
}

std::string ExplainModel::whole() const {
    std::string words = sku_ + "\n" + summary() + "\n";
    for (std::size_t row = 0; row < count(); ++row)
        words += say("{}\t{}\t{}\t{}\n", text(row, Column::when), text(row, Column::difference),
                     text(row, Column::store), text(row, Column::text));
    return words;
}

std::string words_of(ipc::Cause cause) {
    switch (cause) {
        using enum ipc::Cause;
        case equal:
            return tr("Both counts are equal.");
        case in_flight:
            return tr("A post is still on its way to the store.");
        case web_orders_not_imported:
            return tr("The store has sold pieces that the Order Manager has not imported yet.");
        case buffer:
            return tr("Pieces are held back from this store (buffer).");
        case clamped:
            return tr("The store does not take a count below zero.");
        case changed_at_store:
            return tr("The count was changed at the store itself.");
        case lost_at_store:
            return tr("The store has lost a change that it had confirmed.");
        case rejected:
            return tr("The store has refused a post.");
        case uncertain:
            return tr("It is not known yet whether a post was applied.");
        case not_tracked:
            return tr("The stock of this SKU is not tracked.");
        case duplicate_sku:
            return tr("Two products at the store bear this SKU.");
        case case_differs:
            return tr("The SKU is written with other capital letters at the store.");
        case only_here:
            return tr("The store does not know this SKU.");
        case unaligned:
            return tr("The two have not been made equal since the Order Manager counted, or since the cart was turned on.");
        case only_at_store:
            return tr("The Order Manager does not know this SKU.");
        case unknown:
            return tr("The cause is not known.");
    }
    return {};
}

}  // namespace stocktray::tray
