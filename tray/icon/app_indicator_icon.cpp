#include "tray/icon/app_indicator_icon.h"

#include <gtk/gtk.h>
#include <libayatana-appindicator/app-indicator.h>

namespace stocktray::tray {
namespace {

class AppIndicatorIcon final : public TrayIcon {
public:
    explicit AppIndicatorIcon(const std::filesystem::path& icons)
        : indicator_{app_indicator_new_with_path("stocktray", "stocktray-away",
                                                 APP_INDICATOR_CATEGORY_APPLICATION_STATUS, icons.c_str())} {}
    ~AppIndicatorIcon() override {
        app_indicator_set_status(indicator_, APP_INDICATOR_STATUS_PASSIVE);
        g_object_unref(indicator_);
    }
    AppIndicatorIcon(const AppIndicatorIcon&) = delete;
    AppIndicatorIcon& operator=(const AppIndicatorIcon&) = delete;

    void show(const std::string& name, const std::string& title, bool is_urgent) override {
        app_indicator_set_icon_full(indicator_, name.c_str(), title.c_str());
        app_indicator_set_attention_icon_full(indicator_, name.c_str(), title.c_str());
        app_indicator_set_title(indicator_, title.c_str());
        app_indicator_set_status(indicator_,
                                 is_urgent ? APP_INDICATOR_STATUS_ATTENTION : APP_INDICATOR_STATUS_ACTIVE);
    }

    void set_menu(wxMenu& menu) override {
        gtk_widget_show_all(menu.m_menu);
        app_indicator_set_menu(indicator_, GTK_MENU(menu.m_menu));
    }

private:
    AppIndicator* indicator_;
};

}  // namespace

std::unique_ptr<TrayIcon> make_app_indicator(const std::filesystem::path& icons) {
    return std::make_unique<AppIndicatorIcon>(icons);
}

}  // namespace stocktray::tray
