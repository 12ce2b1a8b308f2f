// What a person can do, as a value. Menu entries, notification buttons and windows carry commands; one place
// carries them out (tray/commands).
#pragma once
#include <cstdint>
#include <string>

namespace stocktray::tray {

enum class CommandId {
    none,
    open_overview,
    open_stack,
    open_carts,
    open_get_qoh,
    open_send_qoh,
    open_compare,
    open_changes,
    open_history,
    open_explain,  // `text`: the SKU
    open_problems,
    open_settings,
    open_report,
    open_about,
    open_wizard,
    open_sharing,
    open_way_in,
    open_guide,             // `text`: a section of it
    open_store,             // the shop itself, in the browser
    synchronize_inventory,  // `is_on`
    synch_qoh,              // `is_on`
    pause_for,              // `number`: below 0 so long from now in milliseconds; 0 until tomorrow 8:00
    pause_until_a_time,     // asks for it
    resume,
    retry,  // everything of the cart that waits
    accept_store,
    take_over_store,
    dismiss_alert,  // `text`: the alert
    save_bundle,
    start_agent,
    quit,
};

// `cart`, `text` and `number` as the id needs them; empty otherwise.
struct Command {
    CommandId id{CommandId::none};
    std::string cart{};
    std::string text{};  // a SKU, an alert, a post
    std::int64_t number{0};
    bool is_on{false};  // what a check turns to

    bool operator==(const Command&) const = default;
};

}  // namespace stocktray::tray
