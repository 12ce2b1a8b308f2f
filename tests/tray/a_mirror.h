// Builders for the tray's tests: a mirror as an agent would have told it.
#pragma once
#include <string>
#include <utility>

#include "tray/model/agent_mirror.h"
#include "tray/model/present.h"

namespace stocktray::tests {

constexpr std::int64_t noon = 1'700'000'000'000;  // any moment

[[nodiscard]] inline ipc::agent::CartStatus a_cart(std::string id, std::string name) {
    ipc::agent::CartStatus cart;
    cart.cart = std::move(id);
    cart.name = std::move(name);
    cart.health = ipc::Health::ok;
    cart.synchronize_inventory = true;
    cart.last_confirmed_at = noon - 60'000;
    return cart;
}

[[nodiscard]] inline ipc::alerts::Alert an_alert(std::string id, ipc::AlertKind kind, std::string cart,
                                                   std::optional<std::string> action = {}) {
    ipc::alerts::Alert alert;
    alert.alert = std::move(id);
    alert.kind = kind;
    alert.severity = ipc::Severity::warning;
    if (!cart.empty()) alert.cart = std::move(cart);
    alert.since = noon;
    alert.message = "It is so.";
    alert.hint = "Do this.";
    alert.action = std::move(action);
    return alert;
}

[[nodiscard]] inline tray::Snapshot a_snapshot(std::vector<ipc::agent::CartStatus> carts,
                                               std::vector<ipc::alerts::Alert> alerts = {}) {
    tray::Snapshot snapshot;
    snapshot.hello.role = ipc::Role::admin;
    snapshot.status.synch_qoh = true;
    snapshot.parameters = {
        {"SynchQOH", true}, {"NotifyRepeatMinutes", std::int64_t{15}}, {"QuietHours", std::string{}}};
    for (const auto& cart : carts) {
        ipc::carts::Cart definition;
        definition.cart = cart.cart;
        definition.name = cart.name;
        definition.url = "https://shop.example/stocktray.php";
        snapshot.carts.push_back(definition);
    }
    snapshot.status.carts = std::move(carts);
    snapshot.alerts = std::move(alerts);
    return snapshot;
}

[[nodiscard]] inline tray::AgentMirror a_mirror(const tray::Snapshot& snapshot) {
    tray::AgentMirror mirror{noon};
    mirror.take(snapshot, noon);
    return mirror;
}

// Every window there is.
[[nodiscard]] inline tray::Desktop a_desktop() {
    using enum tray::CommandId;
    return {.windows = {open_overview, open_stack, open_carts, open_get_qoh, open_send_qoh, open_compare,
                        open_changes, open_history, open_problems, open_settings, open_report, open_about,
                        open_sharing}};
}

}  // namespace stocktray::tests
