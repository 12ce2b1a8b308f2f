// A menu value (tray/model) as a wxMenu. What only changes its words, check or being enabled is changed in
// place, so that an open menu stays open; other entries make a new menu.
#pragma once
#include <wx/event.h>
#include <wx/menu.h>

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "tray/model/tray_view.h"

namespace stocktray::tray {

class TrayMenu {
public:
    enum class Change { none, in_place, made_anew };

    explicit TrayMenu(std::function<void(const Command&)> on_command) : on_command_{std::move(on_command)} {}

    Change update(const Menu& entries);
    [[nodiscard]] wxMenu& menu() { return *menu_; }

private:
    void fill(wxMenu& menu, const Menu& entries);
    void set(const Menu& before, const Menu& entries, std::size_t& at);
    void change(const Menu& before, const Menu& entries);
    void listen_to(wxMenuItem& item);
    void chosen(int id);

    std::function<void(const Command&)> on_command_;
    std::unique_ptr<wxMenu> menu_;
    std::unique_ptr<wxMenu> previous_;  // a panel may still show it
    Menu entries_;
    std::vector<wxMenuItem*> items_;  // in the order of the entries, children behind their parent
    std::map<int, Command> commands_;
    bool is_being_set_{false};         // what changes then was not clicked
    std::map<int, Command> previous_commands_;  // what was chosen before a panel had the new menu is done, too
};

}  // namespace stocktray::tray
