#include "tray/icon/tray_menu.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

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

void check(wxMenuItem& item, bool is_checked) {
    item.Check(is_checked);
#ifdef __WXGTK__
    // wx does not know of a click that it has swallowed.
    gtk_check_menu_item_set_active(GTK_CHECK_MENU_ITEM(item.GetMenuItem()), is_checked);
#endif
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
        if (entry.children.empty()) listen_to(*item);
    }
}

void TrayMenu::listen_to(wxMenuItem& item) {
#ifdef __WXGTK__
    // While a dialog is open wx swallows what is clicked in any menu; that of a panel can be clicked then, too.
    constexpr const char* id = "stocktray-id";
    g_object_set_data(G_OBJECT(item.GetMenuItem()), id, GINT_TO_POINTER(item.GetId()));
    const auto clicked = +[](GtkMenuItem* widget, gpointer self) {
        static_cast<TrayMenu*>(self)->chosen(GPOINTER_TO_INT(g_object_get_data(G_OBJECT(widget), id)));
    };
    g_signal_connect(item.GetMenuItem(), "activate", G_CALLBACK(clicked), this);
#else
    item.GetMenu()->Bind(wxEVT_MENU, [this](wxCommandEvent& event) { chosen(event.GetId()); }, item.GetId());
#endif
}

void TrayMenu::set(const Menu& before, const Menu& entries, std::size_t& at) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        wxMenuItem& item = *items_[at++];
        if (!entry.is_separator()) {
            if (entry.label != before[i].label) item.SetItemLabel(text(entry.label));
            if (entry.is_enabled != before[i].is_enabled) item.Enable(entry.is_enabled);
            // A click has changed it on the screen already: what the agent says counts.
            if (entry.check && item.IsChecked() != *entry.check) check(item, *entry.check);
            commands_[item.GetId()] = entry.command;
        }
        set(before[i].children, entry.children, at);
    }
}

void TrayMenu::change(const Menu& before, const Menu& entries) {
    std::size_t first = 0;
    is_being_set_ = true;
    set(before, entries, first);
    is_being_set_ = false;
}

TrayMenu::Change TrayMenu::update(const Menu& entries) {
    if (menu_ && has_same_shape(entries_, entries)) {
        change(entries_, entries);
        const bool is_same = entries_ == entries;
        entries_ = entries;
        return is_same ? Change::none : Change::in_place;
    }
    previous_ = std::move(menu_);
    items_.clear();
    previous_commands_ = std::exchange(commands_, {});
    menu_ = std::make_unique<wxMenu>();
    fill(*menu_, entries);
    entries_ = entries;
    return Change::made_anew;
}

void TrayMenu::chosen(int id) {
    if (is_being_set_) return;
    auto at = commands_.find(id);
    if (at == commands_.end()) {
        at = previous_commands_.find(id);
        if (at == previous_commands_.end()) return;
    }
    const Command command = at->second;
    // The check shows what is, not what was clicked.
    change(entries_, entries_);
    on_command_(command);
}

}  // namespace stocktray::tray
