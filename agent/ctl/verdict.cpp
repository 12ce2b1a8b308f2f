#include "agent/ctl/verdict.h"

#include <algorithm>

namespace stocktray::ctl {

using ipc::AlertKind;
using ipc::Health;
using ipc::WaitingFor;

bool needs_person(const ipc::agent::CartStatus& cart) {
    const bool waits_for_person =
        cart.waiting_for == WaitingFor::person || cart.waiting_for == WaitingFor::restored;
    return cart.rejected > 0 || waits_for_person || cart.health == Health::credentials ||
           cart.health == Health::stopped;
}

bool needs_person(const ipc::alerts::Alert& alert) {
    if (alert.severity == ipc::Severity::critical) return true;
    switch (alert.kind) {
        case AlertKind::credentials:
        case AlertKind::needs_decision:
        case AlertKind::absolute_script:
        case AlertKind::guard:
        case AlertKind::disk:
        case AlertKind::damaged_row:
        case AlertKind::orders_gone:
        case AlertKind::orders_waiting:
        case AlertKind::restored:
        case AlertKind::other_agent:
        case AlertKind::lan:
        case AlertKind::drift:
        case AlertKind::oversold:
        case AlertKind::no_baseline:
            return true;
        case AlertKind::late:
        case AlertKind::stalled:
        case AlertKind::import_incomplete:
        case AlertKind::silent_source:
        case AlertKind::spool:
        case AlertKind::workstation:
        case AlertKind::gateway:
        case AlertKind::noted:
        case AlertKind::recovered:
        case AlertKind::other:
            break;
    }
    return false;
}

ExitCode verdict(const ipc::agent::StatusResult& status, const std::vector<ipc::alerts::Alert>& alerts) {
    const auto is_needed = [](const auto& one) { return needs_person(one); };
    if (status.restored.value_or(false) || std::ranges::any_of(status.carts, is_needed) ||
        std::ranges::any_of(alerts, is_needed))
        return ExitCode::person_needed;
    const bool is_behind = std::ranges::any_of(status.carts, [](const auto& cart) {
        return cart.late > 0 || cart.slow > 0 || cart.health == Health::late || cart.health == Health::slow ||
               cart.health == Health::circuit_open;
    });
    return is_behind || status.stack.late > 0 || status.stack.slow > 0 ? ExitCode::behind : ExitCode::good;
}

}  // namespace stocktray::ctl
