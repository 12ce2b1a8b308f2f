// What a person should look at, the worst first.
#include <algorithm>
#include <utility>

#include "tray/model/alert_words.h"
#include "tray/model/may.h"
#include "tray/model/present.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

Problem unaligned(const MirroredCart& cart, const AgentMirror& mirror, const Desktop& desktop) {
    const bool can_compare = is_possible(CommandId::open_compare, desktop);
    const auto& id = cart.status.cart;
    return {.id = "unaligned " + id,
            .title = mirror.name_of(id),
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
    if (is_refused(mirror)) return tr("The agent refuses this computer.");
    return say(tr("The agent has not been reached since {time}."), fmt::arg("time", time_words(mirror.contact_since(), now)));
}

std::string lost_hint(const Desktop& desktop) {
    if (desktop.agents_computer.empty()) return tr("Changes wait in the Order Manager until it runs again.");
    return say(tr("It is the agent of {computer}. Is that computer switched on, and in the same network? Changes wait here."),
               fmt::arg("computer", desktop.agents_computer));
}

std::vector<Problem> problems_of(const AgentMirror& mirror, const Desktop& desktop, std::int64_t now) {
    std::vector<Problem> problems;
    if (mirror.contact() == Contact::lost) {
        Problem lost{.id = "lost",
                     .title = "Stocktray",
                     .message = lost_words(mirror, now),
                     .hint = is_refused(mirror) ? translated_sentence(mirror.why()) : lost_hint(desktop),
                     .since = mirror.contact_since(),
                     .is_critical = true};
        if (is_refused(mirror)) {
            lost.action = {CommandId::open_sharing};
            lost.action_label = tr("Share&d Agent…");
        } else if (desktop.can_start_agent) {
            lost.action = {CommandId::start_agent};
            lost.action_label = tr("&Start the Agent");
        }
        problems.push_back(std::move(lost));
    }
    if (mirror.contact() == Contact::other_version)
        problems.push_back(
            {.id = "other version",
             .title = "Stocktray",
             .message = tr("The agent is of another version."),
             .hint = mirror.why().empty()
                         ? tr("Update Stocktray on this computer and the agent to the same version.")
                         : translated_sentence(mirror.why()),
             .since = mirror.contact_since(),
             .is_critical = true});
    if (mirror.contact() != Contact::here) return problems;
    for (const auto& alert : mirror.alerts()) {
        if (alert.kind == ipc::AlertKind::recovered) continue;
        auto [action, label] = offered_action(alert, mirror, desktop);
        problems.push_back({.id = alert.alert,
                            .alert = alert.alert,
                            .title = alert.cart ? mirror.name_of(*alert.cart) : std::string{"Stocktray"},
                            .message = translated_sentence(alert.message),
                            .hint = translated_sentence(alert.hint),
                            .since = alert.since,
                            .is_critical = needs_person(alert) || alert.severity == ipc::Severity::critical,
                            .action = std::move(action),
                            .action_label = std::move(label)});
    }
    for (const auto& cart : mirror.carts())
        if (cart.status.unaligned_since) problems.push_back(unaligned(cart, mirror, desktop));
    std::ranges::stable_sort(
        problems, [](const Problem& a, const Problem& b) { return a.is_critical && !b.is_critical; });
    return problems;
}

}  // namespace stocktray::tray
