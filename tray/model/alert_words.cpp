#include "tray/model/alert_words.h"

#include "tray/model/may.h"
#include "tray/model/window_kinds.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

// What the button of such an alert leads to takes this role. A window alone may be opened by everybody, but to whom
// it is offered as help it must be able to help.
ipc::Role role_that_helps(ipc::AlertKind kind) {
    switch (kind) {
        using enum ipc::AlertKind;
        case late:
        case stalled:
            return ipc::Role::operator_;
        case needs_decision:
        case drift:
        case no_baseline:
        case guard:
            return ipc::Role::order_manager;
        case credentials:
        case restored:
        case other_agent:
        case workstation:
            return ipc::Role::admin;
        default:
            return ipc::Role::viewer;
    }
}

}  // namespace

std::string alert_title(ipc::AlertKind kind) {
    switch (kind) {
        using enum ipc::AlertKind;
        case late:
            return tr("The store has not followed in time.");
        case stalled:
            return tr("The post stack does not move.");
        case credentials:
            return tr("Not authorized: user name or password differ from the store's.");
        case needs_decision:
            return tr("A decision is needed.");
        case oversold:
            return tr("More was sold than there is.");
        case drift:
            return tr("Counts differ.");
        case absolute_script:
            return tr("The store's script writes whole counts.");
        case guard:
            return tr("A job asks before it changes so many counts.");
        case disk:
            return tr("The agent cannot write to its disk.");
        case damaged_row:
            return tr("A record of the agent is damaged.");
        case import_incomplete:
            return tr("It is not fully known which web orders are imported.");
        case orders_gone:
            return tr("Web orders are gone at the store.");
        case orders_waiting:
            return tr("Web orders wait for the Order Manager.");
        case restored:
            return tr("Something was restored from a backup.");
        case no_baseline:
            return tr("The Order Manager has to tell a count.");
        case other_agent:
            return tr("The store follows another agent.");
        case silent_source:
            return tr("The Order Manager has not been heard.");
        case spool:
            return tr("Changes wait on a workstation.");
        case lan:
            return tr("Other computers cannot reach the agent.");
        case workstation:
            return tr("A computer asks to be let in.");
        case gateway:
            return tr("The Order Manager's way in has a problem.");
        case noted:
            return tr("A change may have come twice.");
        case recovered:
            return tr("All is well again.");
        case other:
            return tr("Something needs a look.");
    }
    return {};
}

std::pair<Command, std::string> action_of(const ipc::alerts::Alert& alert) {
    const std::string cart = alert.cart.value_or("");
    const std::string sku = alert.sku.value_or("");
    switch (alert.kind) {
        using enum ipc::AlertKind;
        case credentials:
            return {{CommandId::open_carts, cart}, tr("&Open the Cart…")};
        case late:
        case stalled:
            return {{CommandId::retry, cart}, tr("&Try Again Now")};
        case drift:
        case no_baseline:
            return {{CommandId::open_compare, cart, sku}, tr("&Compare…")};
        case restored:
            if (alert.action == "take_over") return {{CommandId::take_over_store, cart}, tr("Take the Store &Over…")};
            if (!cart.empty()) return {{CommandId::accept_store, cart}, tr("&Go On with This Store…")};
            break;
        case other_agent:
            return {{CommandId::take_over_store, cart}, tr("Take the Store &Over…")};
        case oversold:
            return {{CommandId::open_history, cart, sku}, tr("&History…")};
        case workstation:
            return {{CommandId::open_sharing}, tr("Share&d Agent…")};
        case needs_decision:  // of several kinds: the agent says which
        case guard:
        case absolute_script:
        case disk:
        case damaged_row:
        case import_incomplete:
        case orders_gone:
        case orders_waiting:
        case silent_source:
        case spool:
        case lan:
        case gateway:
        case noted:
        case recovered:
        case other:
            break;
    }
    if (alert.action == "decide_post") return {{CommandId::open_stack, cart, sku}, tr("&Decide…")};
    if (alert.action == "open_stack" || alert.action == "open_post")
        return {{CommandId::open_stack, cart, sku}, tr("&Post Stack…")};
    if (alert.action == "open_cart") return {{CommandId::open_carts, cart}, tr("&Open the Cart…")};
    if (alert.action == "open_item") return {{CommandId::open_history, cart, sku}, tr("&History…")};
    if (alert.action == "open_get") return {{CommandId::open_get_qoh, cart}, tr("&Show the Job…")};
    if (alert.action == "open_send") return {{CommandId::open_send_qoh, cart}, tr("&Show the Job…")};
    if (alert.action == "open_audit") return {{CommandId::open_compare, cart}, tr("&Show the Job…")};
    return {};
}

std::pair<Command, std::string> offered_action(const ipc::alerts::Alert& alert, const AgentMirror& mirror,
                                               const Desktop& desktop) {
    auto offered = action_of(alert);
    if (!is_possible(offered.first.id, desktop) || !why_not(mirror, role_that_helps(alert.kind)).empty()) return {};
    if (offered.first.id == CommandId::open_send_qoh && is_barred(mirror, ipc::Bar::send_qoh)) return {};
    return offered;
}

bool is_possible(CommandId id, const Desktop& desktop) {
    if (id == CommandId::open_guide) return desktop.has_guide;
    if (id == CommandId::start_agent) return desktop.can_start_agent;
    if (window_kind(id)) return desktop.windows.contains(id);
    return id != CommandId::none;
}

}  // namespace stocktray::tray
