#include "tray/icon/app_indicator_icon.h"

#include <gtk/gtk.h>
#include <libayatana-appindicator/app-indicator.h>

namespace stocktray::tray {
namespace {

// An indicator asks for the session bus and for the panel at the same time. Where the panel is found first,
// which happens on a busy computer, it gives up for good (libayatana-appindicator 0.5.92: "g_dbus_proxy_new:
// assertion 'G_IS_DBUS_CONNECTION (connection)' failed"). So it is looked at again, and made anew.
constexpr guint look_after_ms = 2'000;

class AppIndicatorIcon final : public TrayIcon {
public:
    explicit AppIndicatorIcon(const std::filesystem::path& icons) : icons_{icons} {
        make();
        look_ = g_timeout_add(look_after_ms, &AppIndicatorIcon::look, this);
    }
    ~AppIndicatorIcon() override {
        if (look_ != 0) g_source_remove(look_);
        drop();
    }
    AppIndicatorIcon(const AppIndicatorIcon&) = delete;
    AppIndicatorIcon& operator=(const AppIndicatorIcon&) = delete;

    void show(const std::string& name, const std::string& title, bool is_urgent) override {
        shown_ = {name, title, is_urgent};
        draw();
    }

    void set_menu(wxMenu& menu) override {
        menu_ = menu.m_menu;
        gtk_widget_show_all(menu_);
        app_indicator_set_menu(indicator_, GTK_MENU(menu_));
    }

private:
    struct Shown {
        std::string name{"stocktray-away"};
        std::string title;
        bool is_urgent{false};
    };

    void make() {
        indicator_ = app_indicator_new_with_path("stocktray", shown_.name.c_str(),
                                                 APP_INDICATOR_CATEGORY_APPLICATION_STATUS, icons_.c_str());
    }
    void drop() {
        app_indicator_set_status(indicator_, APP_INDICATOR_STATUS_PASSIVE);
        g_object_unref(indicator_);
    }
    void draw() {
        const auto* name = shown_.name.c_str();
        const auto* title = shown_.title.c_str();
        app_indicator_set_icon_full(indicator_, name, title);
        app_indicator_set_attention_icon_full(indicator_, name, title);
        app_indicator_set_title(indicator_, title);
        app_indicator_set_status(
            indicator_, shown_.is_urgent ? APP_INDICATOR_STATUS_ATTENTION : APP_INDICATOR_STATUS_ACTIVE);
    }

    static gboolean look(gpointer self) {
        auto* icon = static_cast<AppIndicatorIcon*>(self);
        gboolean is_connected = FALSE;
        g_object_get(icon->indicator_, "connected", &is_connected, nullptr);
        if (is_connected) {
            icon->look_ = 0;
            return G_SOURCE_REMOVE;
        }
        // It keeps itself alive for the answer that does not come, and with it its name on the bus.
        g_object_run_dispose(G_OBJECT(icon->indicator_));
        icon->drop();
        icon->make();
        if (icon->menu_) app_indicator_set_menu(icon->indicator_, GTK_MENU(icon->menu_));
        icon->draw();
        return G_SOURCE_CONTINUE;
    }

    std::filesystem::path icons_;
    Shown shown_;
    GtkWidget* menu_{nullptr};  // the caller's
    AppIndicator* indicator_{nullptr};
    guint look_{0};
};

}  // namespace

std::unique_ptr<TrayIcon> make_app_indicator(const std::filesystem::path& icons) {
    return std::make_unique<AppIndicatorIcon>(icons);
}

}  // namespace stocktray::tray
