#include <wx/bmpbndl.h>
#include <wx/notifmsg.h>
#include <wx/taskbar.h>

#include <utility>

#include "ipc/path_text.h"
#include "tray/icon/tray_icon.h"
#ifdef STOCKTRAY_HAS_APP_INDICATOR
#include "tray/icon/app_indicator_icon.h"
#endif

namespace stocktray::tray {
namespace {

class BarIcon final : public TrayIcon {
public:
    BarIcon(std::filesystem::path icons, std::function<void()> on_activate)
        : icons_{std::move(icons)}, on_activate_{std::move(on_activate)} {
#ifdef __WXMSW__
        wxNotificationMessage::UseTaskBarIcon(&icon_);  // balloons come out of this icon, not of a second one
#endif
        icon_.Bind(wxEVT_TASKBAR_LEFT_DOWN, [this](wxTaskBarIconEvent&) { on_activate_(); });
        icon_.Bind(wxEVT_TASKBAR_RIGHT_DOWN, [this](wxTaskBarIconEvent&) {
            if (menu_) icon_.PopupMenu(menu_);
        });
    }

#ifdef __WXMSW__
    ~BarIcon() override { wxNotificationMessage::UseTaskBarIcon(nullptr); }
#endif

    void show(const std::string& name, const std::string& title, bool) override {
        const auto file = icons_ / "hicolor/scalable/status" / (name + ".svg");
        icon_.SetIcon(wxBitmapBundle::FromSVGFile(wxString::FromUTF8(ipc::text_of(file)), wxSize{22, 22}),
                      wxString::FromUTF8(title));
    }

    void set_menu(wxMenu& menu) override { menu_ = &menu; }

private:
    std::filesystem::path icons_;
    std::function<void()> on_activate_;
    wxTaskBarIcon icon_;
    wxMenu* menu_{nullptr};
};

class NoIcon final : public TrayIcon {
public:
    void show(const std::string&, const std::string&, bool) override {}
    void set_menu(wxMenu&) override {}
};

}  // namespace

std::unique_ptr<TrayIcon> make_icon(IconHost host, const std::filesystem::path& icons,
                                    std::function<void()> on_activate) {
    switch (host) {
        case IconHost::status_notifier:
#ifdef STOCKTRAY_HAS_APP_INDICATOR
            return make_app_indicator(icons);
#else
            break;
#endif
        case IconHost::task_bar:
            return std::make_unique<BarIcon>(icons, std::move(on_activate));
        case IconHost::none:
            break;
    }
    return std::make_unique<NoIcon>();
}

}  // namespace stocktray::tray
