// All that is shown without being asked for, as one value: the icon, its title, the menu and the overview are
// made of the same, so that they cannot contradict one another.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/command.h"

namespace stocktray::tray {

// From good to bad; the worst cart decides. Each has a shape and a colour of its own.
enum class IconState {
    equal,    // all counts are equal, as far as is known
    working,  // posts are on their way
    paused,   // every cart is paused (a single paused cart is only a mark)
    off,      // nothing is synchronized
    slow,
    late,
    decision,  // a person is needed
    away,      // the agent is not reached
    other_version,
};

struct Icon {
    IconState state{IconState::away};
    bool has_pause_mark{false};

    bool operator==(const Icon&) const = default;
};

// An entry of the menu. A submenu has children; a separator neither label nor children.
struct MenuEntry {
    std::string label{};  // "&" marks the access key; a disabled entry's label says why
    Command command{};
    bool is_enabled{true};
    std::optional<bool> check{};  // a check box, and how it stands
    std::vector<MenuEntry> children{};

    [[nodiscard]] bool is_separator() const { return label.empty(); }
    bool operator==(const MenuEntry&) const = default;
};
using Menu = std::vector<MenuEntry>;

struct CartRow {
    std::string cart{};
    std::string name{};
    IconState state{IconState::equal};
    std::string state_words{};      // one sentence
    std::int64_t posts{0};          // that are not confirmed
    std::int64_t oldest_age_ms{0};  // 0: none waits
    std::int64_t last_confirmed_at{0};
    bool is_proven{true};  // it has confirmed something, and its counts were compared: where nothing waits, all is equal
    std::optional<std::int64_t> not_imported{};

    bool operator==(const CartRow&) const = default;
};

// Something a person should look at.
struct Problem {
    std::string id{};     // the same problem keeps it: the alert's, or one of the tray's own
    std::string alert{};  // its id; empty: found out by the tray itself
    std::string title{};  // where: the cart's name, or "Stocktray"
    std::string message{};
    std::string hint{};
    std::int64_t since{0};
    bool is_critical{false};
    Command action{};            // the button that helps; none: nothing can be pressed
    std::string action_label{};  // with its access key

    bool operator==(const Problem&) const = default;
};

struct TrayView {
    Icon icon{};
    std::string headline{};  // one sentence
    std::string title{};     // "Stocktray: " and the headline
    Menu menu{};
    std::vector<CartRow> carts{};
    std::vector<Problem> problems{};
    std::int64_t holds_until{0};  // midnight: what was today is yesterday then, though nothing has happened

    bool operator==(const TrayView&) const = default;
};

// The icon's name in the theme: "stocktray-late", "stocktray-late-paused".
[[nodiscard]] std::string icon_name(const Icon& icon);

// What the icon says, in words: "late".
[[nodiscard]] std::string state_words(IconState state);

}  // namespace stocktray::tray
