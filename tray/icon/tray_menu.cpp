#include "tray/icon/tray_menu.h"

#include <utility>

namespace stocktray::tray {
namespace {

// Whether the same items can show both.
bool has_same_shape(const Menu& one, const Menu& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (one[i].is_separator() != other[i].is_separator()) return false;
        if (one[i].check.has_value() != other[i].check.has_value()) return false;
        if (one[i].children.empty() != other[i].children.empty()) return false;
        if (!has_same_shape(one[i].children, other[i].children)) return false;
    }
    return true;
}

wxString text(const std::string& label) {
    return wxString::FromUTF8(label);
}

}  // namespace

void TrayMenu::fill(wxMenu& menu, const Menu& entries) {
    for (const auto& entry : entries) {
        wxMenuItem* item = nullptr;
        if (entry.is_separator()) {
            item = menu.AppendSeparator();
            items_.push_back(item);
            continue;
        }
        if (!entry.children.empty()) {
            auto submenu = std::make_unique<wxMenu>();
            const std::size_t at = items_.size();
            items_.push_back(nullptr);
            fill(*submenu, entry.children);
            item = menu.AppendSubMenu(submenu.release(), text(entry.label));
            items_[at] = item;
        } else if (entry.check) {
            item = menu.AppendCheckItem(wxID_ANY, text(entry.label));
            item->Check(*entry.check);
            items_.push_back(item);
        } else {
            item = menu.Append(wxID_ANY, text(entry.label));
            items_.push_back(item);
        }
        item->Enable(entry.is_enabled);
        commands_[item->GetId()] = entry.command;
    }
}

void TrayMenu::set(const Menu& before, const Menu& entries, std::size_t& at) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        wxMenuItem& item = *items_[at++];
        if (!entry.is_separator()) {
            if (entry.label != before[i].label) item.SetItemLabel(text(entry.label));
            if (entry.is_enabled != before[i].is_enabled) item.Enable(entry.is_enabled);
            // A click has changed it on the screen already: what the agent says counts.
            if (entry.check && item.IsChecked() != *entry.check) item.Check(*entry.check);
            commands_[item.GetId()] = entry.command;
        }
        set(before[i].children, entry.children, at);
    }
}

TrayMenu::Change TrayMenu::update(const Menu& entries) {
    if (menu_ && has_same_shape(entries_, entries)) {
        std::size_t at = 0;
        set(entries_, entries, at);
        const bool is_same = entries_ == entries;
        entries_ = entries;
        return is_same ? Change::none : Change::in_place;
    }
    previous_ = std::move(menu_);
    items_.clear();
    previous_commands_ = std::exchange(commands_, {});
    menu_ = std::make_unique<wxMenu>();
    fill(*menu_, entries);
    menu_->Bind(wxEVT_MENU, &TrayMenu::chosen, this);
    entries_ = entries;
    return Change::made_anew;
}

void TrayMenu::chosen(wxCommandEvent& event) {
    auto at = commands_.find(event.GetId());
    if (at == commands_.end()) {
        at = previous_commands_.find(event.GetId());
        if (at == previous_commands_.end()) return event.Skip();
    }
    const Command command = at->second;
    // The check shows what is, not what was clicked.
    std::size_t first = 0;
    const Menu shown = entries_;
    set(shown, shown, first);
    on_command_(command);
}

}  // namespace stocktray::tray
