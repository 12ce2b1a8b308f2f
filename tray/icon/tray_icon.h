// The icon in the panel, whatever the panel is. One interface, three ways: StatusNotifier
// (app_indicator_icon.cpp), wxTaskBarIcon (task_bar_icon.cpp), and none: then the caller shows a window
// instead.
#pragma once
#include <wx/menu.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace stocktray::tray {

enum class IconHost { status_notifier, task_bar, none };

class TrayIcon {
public:
    virtual ~TrayIcon() = default;

    // `name`: an icon of the theme (tray/model/tray_view.h, icon_name). `title`: one sentence in words.
    // `is_urgent`: a person is needed; some panels then show the icon although they hide others.
    virtual void show(const std::string& name, const std::string& title, bool is_urgent) = 0;

    // The menu, owned by the caller and alive until another one is given; called again when its entries
    // changed.
    virtual void set_menu(wxMenu& menu) = 0;
};

// `icons`: the folder that holds hicolor/. `on_activate`: the icon was clicked, where the host tells it.
[[nodiscard]] std::unique_ptr<TrayIcon> make_icon(IconHost host, const std::filesystem::path& icons,
                                                  std::function<void()> on_activate);

}  // namespace stocktray::tray
