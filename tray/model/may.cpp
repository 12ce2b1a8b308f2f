#include "tray/model/may.h"

#include <algorithm>

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

std::string needed_words(ipc::Role role) {
    switch (role) {
        case ipc::Role::none:
        case ipc::Role::viewer:
            break;
        case ipc::Role::operator_:
            return tr("This takes the role Operator, which this computer does not have.");
        case ipc::Role::order_manager:
            return tr("This takes the role Order Manager, which this computer does not have.");
        case ipc::Role::admin:
            return tr("This takes the role Administrator, which this computer does not have.");
    }
    return {};
}

}  // namespace

bool is_refused(const AgentMirror& mirror) {
    return mirror.contact() == Contact::lost && !mirror.why().empty();
}

std::string why_away(const AgentMirror& mirror) {
    if (mirror.contact() == Contact::here) return {};
    if (is_refused(mirror)) return tr("The agent refuses this computer.");
    if (mirror.contact() == Contact::other_version) return tr("The agent is of another version.");
    return tr("The agent is not reached.");
}

std::string why_not(const AgentMirror& mirror, ipc::Role least) {
    if (auto away = why_away(mirror); !away.empty()) return away;
    return mirror.hello().role < least ? needed_words(least) : std::string{};
}

bool is_barred(const AgentMirror& mirror, ipc::Bar bar) {
    return std::ranges::find(mirror.hello().barred, bar) != mirror.hello().barred.end();
}

std::string why_not_send_qoh(const AgentMirror& mirror) {
    if (auto reason = why_not(mirror, ipc::Role::order_manager); !reason.empty()) return reason;
    return is_barred(mirror, ipc::Bar::send_qoh) ? tr("Send QOH To Website is barred for this computer.") : std::string{};
}

std::string why_not_cancel(const AgentMirror& mirror) {
    if (auto reason = why_not(mirror, ipc::Role::order_manager); !reason.empty()) return reason;
    return is_barred(mirror, ipc::Bar::cancel) ? tr("Cancelling posts is barred for this computer.") : std::string{};
}

}  // namespace stocktray::tray
