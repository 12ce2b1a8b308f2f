#include "tray/model/present.h"

#include <algorithm>

#include "tray/model/alert_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

std::int64_t unconfirmed(const ipc::agent::CartStatus& cart) {
    return cart.queued + cart.sending + cart.uncertain + cart.rejected;
}

bool takes_part(const ipc::agent::CartStatus& cart) {
    return cart.synchronize_inventory && cart.health != ipc::Health::off;
}

// How bad the cart's alerts make it look.
IconState state_of_alert(const ipc::alerts::Alert& alert) {
    if (needs_person(alert)) return IconState::decision;
    if (alert.severity == ipc::Severity::info) return IconState::equal;
    using enum ipc::AlertKind;
    return alert.kind == late || alert.kind == stalled ? IconState::late : IconState::slow;
}

std::string oldest_since(const MirroredCart& cart, std::int64_t now) {
    return time_words(now - AgentMirror::oldest_age(cart, now), now);
}

std::string paused_words(const ipc::agent::CartStatus& cart, std::int64_t now) {
    if (cart.paused_until)
        return say(tr("Paused until {time}."), fmt::arg("time", time_words(*cart.paused_until, now)));
    return tr("Paused.");
}

std::string posts_words(std::int64_t posts) {
    return say(tr_n("{n} post is on its way.", "{n} posts are on their way.", posts),
               fmt::arg("n", number_words(posts)));
}

CartRow row_of(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now) {
    return {.cart = cart.status.cart,
            .name = mirror.name_of(cart.status.cart),
            .state = state_of(mirror, cart),
            .state_words = words_of(mirror, cart, now),
            .posts = unconfirmed(cart.status),
            .oldest_age_ms = AgentMirror::oldest_age(cart, now),
            .last_confirmed_at = cart.status.last_confirmed_at,
            .not_imported = cart.status.not_imported};
}

Icon icon_of(const AgentMirror& mirror) {
    if (mirror.contact() == Contact::other_version) return {IconState::other_version};
    if (mirror.contact() != Contact::here) return {IconState::away};
    IconState worst = IconState::equal;
    bool has_part = false, has_paused = false, is_all_paused = true;
    for (const auto& cart : mirror.carts()) {
        if (!takes_part(cart.status)) continue;
        has_part = true;
        has_paused = has_paused || cart.status.paused;
        is_all_paused = is_all_paused && cart.status.paused;
        const auto state = state_of(mirror, cart);
        if (state != IconState::paused) worst = std::max(worst, state);
    }
    for (const auto& alert : mirror.alerts()) worst = std::max(worst, state_of_alert(alert));
    if (worst >= IconState::slow) return {worst, has_paused};
    if (!mirror.synch_qoh() || !has_part) return {IconState::off};
    if (is_all_paused) return {IconState::paused};
    return {worst, has_paused};
}

// The cart that decides, or none.
const CartRow* worst_row(const TrayView& view) {
    for (const auto& row : view.carts)
        if (row.state == view.icon.state) return &row;
    return nullptr;
}

std::string headline_of(const AgentMirror& mirror, const TrayView& view, std::int64_t now) {
    const CartRow* worst = worst_row(view);
    const std::string cart = worst ? worst->name : std::string{};
    const auto about = [&](const std::string& pattern) { return say(pattern, fmt::arg("cart", cart)); };
    switch (view.icon.state) {
        case IconState::equal:
            // Of a store that has confirmed nothing yet nobody knows.
            for (const auto& row : view.carts)
                if (row.state == IconState::equal && row.last_confirmed_at == 0) return tr("Nothing waits.");
            return tr("All counts are equal.");
        case IconState::working: {
            std::int64_t posts = 0;
            for (const auto& row : view.carts)
                if (row.state == IconState::working) posts += row.posts;
            return posts_words(posts);
        }
        case IconState::paused:
            return tr("All carts are paused.");
        case IconState::off:
            if (!mirror.synch_qoh()) return tr("QOH synchronization is off for all carts (SynchQOH).");
            if (mirror.carts().empty()) return tr("There is no cart yet.");
            return tr("No cart is synchronized.");
        case IconState::slow:
        case IconState::late:
        case IconState::decision: {
            // A problem of no cart's own (the disk, a count that was never told) decides, too.
            for (const auto& problem : view.problems)
                if (!worst) return problem.message;
            const auto alike = std::ranges::count(view.carts, view.icon.state, &CartRow::state);
            const auto some = [&](const std::string& pattern) {
                return say(pattern, fmt::arg("n", number_words(alike)));
            };
            if (view.icon.state == IconState::late)
                return alike == 1 ? about(tr("{cart} is late."))
                                  : some(tr_n("{n} cart is late.", "{n} carts are late.", alike));
            if (view.icon.state == IconState::decision)
                return alike == 1 ? about(tr("{cart} needs you."))
                                  : some(tr_n("{n} cart needs you.", "{n} carts need you.", alike));
            return alike == 1 ? about(tr("{cart} is slow."))
                              : some(tr_n("{n} cart is slow.", "{n} carts are slow.", alike));
        }
        case IconState::away:
            if (mirror.contact() == Contact::waiting) return tr("Looking for the agent…");
            return say(tr("The agent has not been reached since {time}."),
                       fmt::arg("time", time_words(mirror.contact_since(), now)));
        case IconState::other_version:
            return tr("The agent is of another version.");
    }
    return {};
}

}  // namespace

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
        case restored:
        case no_baseline:
        case other_agent:
            return true;
        case late:
        case stalled:
        case absolute_script:
        case import_incomplete:
        case silent_source:
        case spool:
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

std::string words_of(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now) {
    const auto& status = cart.status;
    const auto waiting = unconfirmed(status);
    switch (state_of(mirror, cart)) {
        case IconState::equal:
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
            return tr("Off: Synchronize Inventory is not checked.");
        case IconState::slow:
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

std::vector<Problem> problems_of(const AgentMirror& mirror, const Desktop& desktop, std::int64_t now) {
    std::vector<Problem> problems;
    if (mirror.contact() == Contact::lost)
        problems.push_back(
            {.title = "Stocktray",
             .message = say(tr("The agent has not been reached since {time}."),
                            fmt::arg("time", time_words(mirror.contact_since(), now))),
             .hint = tr("Changes wait in the Order Manager until it runs again."),
             .since = mirror.contact_since(),
             .is_critical = true,
             .action = {desktop.can_start_agent ? CommandId::start_agent : CommandId::none},
             .action_label = desktop.can_start_agent ? tr("&Start the Agent") : std::string{}});
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
    std::ranges::stable_sort(
        problems, [](const Problem& a, const Problem& b) { return a.is_critical && !b.is_critical; });
    return problems;
}

TrayView present(const AgentMirror& mirror, std::int64_t now, const Desktop& desktop) {
    TrayView view;
    view.icon = icon_of(mirror);
    for (const auto& cart : mirror.carts()) view.carts.push_back(row_of(mirror, cart, now));
    view.problems = problems_of(mirror, desktop, now);
    view.headline = headline_of(mirror, view, now);
    view.title = say(tr("Stocktray: {headline}"), fmt::arg("headline", view.headline));
    view.menu = menu_of(mirror, view, desktop, now);
    return view;
}

std::string icon_name(const Icon& icon) {
    const char* name = "away";
    switch (icon.state) {
        case IconState::equal:
            name = "equal";
            break;
        case IconState::working:
            name = "working";
            break;
        case IconState::paused:
            name = "paused";
            break;
        case IconState::off:
            name = "off";
            break;
        case IconState::slow:
            name = "slow";
            break;
        case IconState::late:
            name = "late";
            break;
        case IconState::decision:
            name = "decision";
            break;
        case IconState::away:
            name = "away";
            break;
        case IconState::other_version:
            name = "other-version";
            break;
    }
    const bool is_marked = icon.has_pause_mark && icon.state != IconState::paused &&
                           icon.state != IconState::off && icon.state != IconState::away &&
                           icon.state != IconState::other_version;
    return fmt::format("stocktray-{}{}", name, is_marked ? "-paused" : "");
}

std::string state_words(IconState state) {
    switch (state) {
        case IconState::equal:
            return tr("all equal");
        case IconState::working:
            return tr("working");
        case IconState::paused:
            return tr("paused");
        case IconState::off:
            return tr("off");
        case IconState::slow:
            return tr("slow");
        case IconState::late:
            return tr("late");
        case IconState::decision:
            return tr("needs you");
        case IconState::away:
            return tr("not reached");
        case IconState::other_version:
            return tr("another version");
    }
    return {};
}

}  // namespace stocktray::tray
