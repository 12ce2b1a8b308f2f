#include "tray/model/incidents.h"

#include <algorithm>
#include <map>
#include <set>

#include "tray/model/alert_words.h"
#include "tray/model/may.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t away_visible_after =
    60'000;  // an agent that is started again comes back within moments

bool is_told(const ipc::alerts::Alert& alert) {
    return alert.kind != ipc::AlertKind::recovered && alert.severity != ipc::Severity::info;
}

bool is_late(const ipc::alerts::Alert& alert) {
    return alert.kind == ipc::AlertKind::late || alert.kind == ipc::AlertKind::stalled;
}

// Causes that explain why a cart is late.
bool explains_lateness(ipc::AlertKind kind) {
    using enum ipc::AlertKind;
    return kind == credentials || kind == other_agent || kind == restored;
}

std::string without_access_key(const std::string& label) {
    std::string out;
    std::ranges::copy_if(label, std::back_inserter(out), [](char sign) { return sign != '&'; });
    return out;
}

Incident agent_incident(const AgentMirror& mirror, const Desktop& desktop, std::int64_t now) {
    Incident made;
    made.needs_person = true;
    made.notice.key = "agent";
    made.notice.urgency = Urgency::critical;
    if (mirror.contact() == Contact::other_version) {
        made.notice.title = tr("The agent is of another version");
        made.notice.body = mirror.why().empty()
                               ? tr("Update Stocktray on this computer and the agent to the same version.")
                               : translated_sentence(mirror.why());
        return made;
    }
    if (is_refused(mirror)) {
        made.notice.title = tr("The agent refuses this computer");
        made.notice.body = translated_sentence(mirror.why());
        made.notice.action = {CommandId::open_sharing};
        made.notice.action_label = without_access_key(tr("Share&d Agent…"));
        return made;
    }
    made.visible_after = away_visible_after;
    made.notice.title = tr("The agent is not reached");
    made.notice.body = say(tr("No store has been updated from here since {time}."),
                           fmt::arg("time", time_words(mirror.contact_since(), now))) +
                       " " + lost_hint(desktop);
    if (desktop.can_start_agent) {
        made.notice.action = {CommandId::start_agent};
        made.notice.action_label = tr("Start the Agent");
    }
    return made;
}

// No store answers although there are several: it is the way to them, most likely.
bool is_network_down(const AgentMirror& mirror) {
    std::size_t carts = 0, late = 0;
    for (const auto& cart : mirror.carts()) {
        if (!cart.status.synchronize_inventory || cart.status.paused ||
            cart.status.health == ipc::Health::off)
            continue;
        ++carts;
        late += std::ranges::any_of(mirror.alerts(), [&](const auto& alert) {
            return is_late(alert) && alert.cart == cart.status.cart && !explains_lateness(alert.kind);
        });
    }
    return carts >= 2 && late == carts;
}

Incident network_incident() {
    Incident made;
    made.end_title = tr("The stores follow again");
    made.notice = {.key = "network",
                   .title = tr("None of the stores follows"),
                   .body = tr("No store has answered in time. Check this computer's connection to the "
                              "internet. Nothing is lost: the "
                              "posts wait."),
                   .action = {CommandId::open_problems},
                   .action_label = tr("Show Problems"),
                   .urgency = Urgency::critical};
    return made;
}

Incident incident_of(const AgentMirror& mirror, const Desktop& desktop, const ipc::alerts::Alert& alert,
                     std::int64_t alerts) {
    Incident made;
    const auto cart = alert.cart.value_or("");
    const auto where = cart.empty() ? std::string{} : mirror.name_of(cart);
    made.needs_person = needs_person(alert) || alert.severity == ipc::Severity::critical;
    made.passes_quiet_hours = alert.kind == ipc::AlertKind::oversold;
    if (is_late(alert) || alert.kind == ipc::AlertKind::credentials)
        made.end_title = say(tr("{cart} follows again"), fmt::arg("cart", where));
    auto& notice = made.notice;
    notice.key = std::string{ipc::to_string(alert.kind)} + ":" + cart;
    notice.title = where.empty() ? alert_title(alert.kind)
                                 : say(tr("{where}: {what}"), fmt::arg("where", where),
                                       fmt::arg("what", alert_title(alert.kind)));
    notice.body = translated_sentence(alert.message);
    if (notice.body == notice.title) notice.body.clear();  // nothing is said twice
    if (!alert.hint.empty()) notice.body += (notice.body.empty() ? "" : " ") + translated_sentence(alert.hint);
    if (alerts > 1)
        notice.body += " " + say(tr_n("(and {n} more)", "(and {n} more)", alerts - 1),
                                 fmt::arg("n", number_words(alerts - 1)));
    notice.urgency = made.needs_person ? Urgency::critical : Urgency::normal;
    const auto [action, label] = offered_action(alert, mirror, desktop);
    if (action.id != CommandId::none) {
        notice.action = action;
        notice.action_label = without_access_key(label);
    } else {
        notice.action = {CommandId::open_problems, cart, alert.alert};
        notice.action_label = tr("Show Problem");
    }
    return made;
}

}  // namespace

std::vector<Incident> incidents_of(const AgentMirror& mirror, const Desktop& desktop, std::int64_t now) {
    std::vector<Incident> incidents;
    const bool is_reached = mirror.contact() == Contact::here;
    bool is_away = false;
    if (!is_reached) {
        incidents.push_back(agent_incident(mirror, desktop, now));
        is_away = now - mirror.contact_since() >= incidents.back().visible_after;
    }
    const bool is_network = is_network_down(mirror);
    if (is_network) {
        incidents.push_back(network_incident());
        incidents.back().is_hidden = is_away;
        incidents.back().is_held = !is_reached;
    }
    // One of each kind and cart speaks for all of them: the oldest of the gravest.
    const auto speaks_before = [](const ipc::alerts::Alert& a, const ipc::alerts::Alert& b) {
        const auto is_lighter = [](const auto& alert) { return alert.severity != ipc::Severity::critical; };
        return std::pair{is_lighter(a), a.since} < std::pair{is_lighter(b), b.since};
    };
    std::map<std::pair<ipc::AlertKind, std::string>, std::pair<const ipc::alerts::Alert*, std::int64_t>>
        grouped;
    std::set<std::string> explained;
    for (const auto& alert : mirror.alerts()) {
        if (!is_told(alert)) continue;
        auto& [first, count] = grouped[{alert.kind, alert.cart.value_or("")}];
        if (!first || speaks_before(alert, *first)) first = &alert;
        ++count;
        if (alert.cart && explains_lateness(alert.kind)) explained.insert(*alert.cart);
    }
    for (const auto& [group, alerts] : grouped) {
        const auto& [kind, cart] = group;
        const auto& alert = *alerts.first;
        const bool follows = is_late(alert) && (is_network || explained.contains(cart));
        const bool is_same_twice =
            kind == ipc::AlertKind::late && grouped.contains({ipc::AlertKind::stalled, cart});
        incidents.push_back(incident_of(mirror, desktop, alert, alerts.second));
        incidents.back().is_hidden = is_away || follows || is_same_twice;
        incidents.back().is_held = !is_reached;
    }
    return incidents;
}

}  // namespace stocktray::tray
