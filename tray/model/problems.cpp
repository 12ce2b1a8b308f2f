// What a person should look at, the worst first.
#include <algorithm>

#include "tray/model/alert_words.h"
#include "tray/model/present.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

Problem unaligned(const MirroredCart& cart, const AgentMirror& mirror, const Desktop& desktop) {
    const bool can_compare = is_possible(CommandId::open_compare, desktop);
    const auto& id = cart.status.cart;
    return {.title = mirror.name_of(id),
            .message = say(tr("The counts of {cart} have not been compared yet; they may differ."),
                           fmt::arg("cart", mirror.name_of(id))),
            .hint = tr("Compare them, or make them equal: Send QOH where the Order Manager's counts are right, Get QOH where the "
                       "store's are."),
            .since = *cart.status.unaligned_since,
            .action = can_compare ? Command{CommandId::open_compare, id} : Command{},
            .action_label = can_compare ? tr("&Compare…") : std::string{}};
}

}  // namespace

std::string lost_words(const AgentMirror& mirror, std::int64_t now) {
    if (!mirror.why().empty()) return tr("The agent refuses this computer.");
    return say(tr("The agent has not been reached since {time}."), fmt::arg("time", time_words(mirror.contact_since(), now)));
}

std::vector<Problem> problems_of(const AgentMirror& mirror, const Desktop& desktop, std::int64_t now) {
    std::vector<Problem> problems;
    const bool is_refused = mirror.contact() == Contact::lost && !mirror.why().empty();
    const auto way_out = is_refused                  ? CommandId::open_sharing
                         : desktop.can_start_agent ? CommandId::start_agent
                                                   : CommandId::none;
    if (mirror.contact() == Contact::lost)
        problems.push_back(
            {.title = "Stocktray",
             .message = lost_words(mirror, now),
             .hint = is_refused ? translated_sentence(mirror.why()) : tr("Changes wait in the Order Manager until it runs again."),
             .since = mirror.contact_since(),
             .is_critical = true,
             .action = {way_out},
             .action_label = way_out == CommandId::open_sharing  ? tr("Share&d Agent…")
                             : way_out == CommandId::start_agent ? tr("&Start the Agent")
                                                                 : std::string{}});
    if (mirror.contact() == Contact::other_version)
        problems.push_back(
            {.title = "Stocktray",
             .message = tr("The agent is of another version."),
             .hint = mirror.why().empty()
                         ? tr("Update Stocktray on this computer and the agent to the same version.")
                         : translated_sentence(mirror.why()),
             .since = mirror.contact_since(),
             .is_critical = true});
    if (mirror.contact() != Contact::here) return problems;
    for (const auto& alert : mirror.alerts()) {
        if (alert.kind == ipc::AlertKind::recovered) continue;
        const auto [action, label] = action_of(alert);
        const bool is_there = action.id != CommandId::none && is_possible(action.id, desktop);
        problems.push_back({.alert = alert.alert,
                            .title = alert.cart ? mirror.name_of(*alert.cart) : std::string{"Stocktray"},
                            .message = translated_sentence(alert.message),
                            .hint = translated_sentence(alert.hint),
                            .since = alert.since,
                            .is_critical = needs_person(alert) || alert.severity == ipc::Severity::critical,
                            .action = is_there ? action : Command{},
                            .action_label = is_there ? label : std::string{}});
    }
    for (const auto& cart : mirror.carts())
        if (cart.status.unaligned_since) problems.push_back(unaligned(cart, mirror, desktop));
    std::ranges::stable_sort(
        problems, [](const Problem& a, const Problem& b) { return a.is_critical && !b.is_critical; });
    return problems;
}

}  // namespace stocktray::tray
