#include "tray/model/cart_state.h"

#include <algorithm>

#include "tray/model/alert_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

std::string oldest_since(const MirroredCart& cart, std::int64_t now) {
    return time_words(now - AgentMirror::oldest_age(cart, now), now);
}

std::string paused_words(const ipc::agent::CartStatus& cart, std::int64_t now) {
    if (cart.paused_until)
        return say(tr("Paused until {time}."), fmt::arg("time", time_words(*cart.paused_until, now)));
    return tr("Paused.");
}

}  // namespace

std::int64_t unconfirmed(const ipc::agent::CartStatus& cart) {
    return cart.queued + cart.sending + cart.uncertain + cart.rejected;
}

bool takes_part(const ipc::agent::CartStatus& cart) {
    return cart.synchronize_inventory && cart.health != ipc::Health::off;
}

IconState state_of_alert(const ipc::alerts::Alert& alert) {
    if (needs_person(alert)) return IconState::decision;
    if (alert.severity == ipc::Severity::info) return IconState::equal;
    using enum ipc::AlertKind;
    return alert.kind == late || alert.kind == stalled ? IconState::late : IconState::slow;
}

std::string posts_words(std::int64_t posts) {
    return say(tr_n("{n} post is on its way.", "{n} posts are on their way.", posts),
               fmt::arg("n", number_words(posts)));
}

bool needs_person(const ipc::alerts::Alert& alert) {
    switch (alert.kind) {
        using enum ipc::AlertKind;
        case credentials:
        case needs_decision:
        case oversold:
        case drift:
        case guard:
        case disk:
        case damaged_row:
        case orders_gone:
        case orders_waiting:
        case restored:
        case no_baseline:
        case other_agent:
        case lan:
            return true;
        case gateway:
            return alert.severity != ipc::Severity::info;
        case noted:
        case late:
        case stalled:
        case absolute_script:
        case import_incomplete:
        case silent_source:
        case spool:
        case workstation:
        case recovered:
        case other:
            return alert.severity == ipc::Severity::critical && alert.kind == other;
    }
    return false;
}

IconState state_of(const AgentMirror& mirror, const MirroredCart& cart) {
    const auto& status = cart.status;
    IconState state = IconState::equal;
    for (const auto& alert : mirror.alerts())
        if (alert.cart == status.cart) state = std::max(state, state_of_alert(alert));
    if (state == IconState::decision) return state;
    if (!mirror.synch_qoh() || !takes_part(status)) return std::max(state, IconState::off);
    switch (status.health) {
        case ipc::Health::credentials:
        case ipc::Health::stopped:
            return IconState::decision;
        case ipc::Health::late:
            state = IconState::late;
            break;
        case ipc::Health::slow:
        case ipc::Health::circuit_open:
            state = std::max(state, IconState::slow);
            break;
        case ipc::Health::ok:
        case ipc::Health::paused:
        case ipc::Health::off:
            break;
    }
    if (status.rejected > 0) return IconState::decision;
    if (status.paused) return IconState::paused;  // waiting is what it was told to do
    if (status.late > 0) state = IconState::late;
    if (status.slow > 0) state = std::max(state, IconState::slow);
    if (state == IconState::equal && unconfirmed(status) > 0) state = IconState::working;
    return state;
}

std::string other_trouble(const AgentMirror& mirror, const MirroredCart& cart) {
    const auto& status = cart.status;
    if (status.slow > 0 || status.late > 0 || status.health == ipc::Health::slow || status.health == ipc::Health::circuit_open) return {};
    for (const auto& alert : mirror.alerts())
        if (alert.cart == status.cart && state_of_alert(alert) == IconState::slow) return alert_title(alert.kind);
    return {};
}

std::string words_of(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now) {
    const auto& status = cart.status;
    const auto waiting = unconfirmed(status);
    switch (state_of(mirror, cart)) {
        case IconState::equal:
            if (status.unaligned_since) return tr("Nothing waits; the counts have not been compared yet.");
            if (status.last_confirmed_at == 0) return tr("Nothing waits; nothing was confirmed yet.");
            return tr("All counts are equal.");
        case IconState::working:
            if (status.uncertain > 0 && status.parked == waiting)
                return tr("A doubt waits for the next import of web orders.");
            return posts_words(waiting);
        case IconState::paused:
            return paused_words(status, now);
        case IconState::off:
            if (!mirror.synch_qoh()) return tr("Off: QOH synchronization is off (SynchQOH).");
            return status.synchronize_inventory ? tr("Off: the cart is not active.")
                                                : tr("Off: Synchronize Inventory is not checked.");
        case IconState::slow:
            if (const auto why = other_trouble(mirror, cart); !why.empty()) return why;
            if (waiting == 0) return tr("The store does not answer.");
            return tr("Still waiting for an answer.");
        case IconState::late:
            if (waiting == 0) return tr("Late.");
            return say(tr_n("{n} post is late; it has waited since {time}.",
                            "{n} posts are late; the oldest has waited since {time}.",
                            std::max<std::int64_t>(1, status.late)),
                       fmt::arg("n", number_words(std::max<std::int64_t>(1, status.late))),
                       fmt::arg("time", oldest_since(cart, now)));
        case IconState::decision:
            if (status.health == ipc::Health::credentials)
                return tr("Not authorized: user name or password differ from the store's.");
            for (const auto& alert : mirror.alerts())
                if (alert.cart == status.cart && needs_person(alert)) return alert_title(alert.kind);
            if (status.rejected > 0)
                return say(tr_n("{n} post was refused by the store.", "{n} posts were refused by the store.",
                                status.rejected),
                           fmt::arg("n", number_words(status.rejected)));
            return tr("Stopped until somebody has looked.");
        case IconState::away:
        case IconState::other_version:
            break;
    }
    return {};
}

}  // namespace stocktray::tray
