// The tray program: builds everything, passes it on by reference, and turns news into what is shown.
#pragma once
#include <wx/app.h>
#include <wx/timer.h>

#include <memory>
#include <optional>
#include <string>

#include "tray/commands/commands.h"
#include "tray/commands/dialogs.h"
#include "tray/icon/host_watch.h"
#include "tray/icon/tray_icon.h"
#include "tray/icon/tray_menu.h"
#include "tray/link/link.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/notification_policy.h"
#include "tray/model/present.h"
#include "tray/notifications/notifier.h"
#include "tray/options.h"
#include "tray/platform/autostart.h"
#include "tray/platform/own_settings.h"
#include "tray/platform/resources.h"
#include "tray/platform/single_instance.h"
#include "tray/windows/context.h"
#include "tray/windows/open_dialogs.h"
#include "tray/windows/window_book.h"

namespace stocktray::tray {

class App final : public wxApp {
public:
    App(Options options, SingleInstance instance)
        : options_{std::move(options)}, instance_{std::move(instance)} {}

    bool Initialize(int& count, wxChar** arguments) override;
    bool OnInit() override;
    int OnExit() override;
#ifdef __WXMAC__
    void MacReopenApp() override;  // the second start, as macOS tells it
#endif

private:
    void hear(const News& news);
    void look_whose_agent();
    void offer_wizard();
    void show_soon();
    void show();
    void await_next_day();
    void show_icon();
    void notify();
    void turn_to(IconHost host);
    void run(const Command& command);

    Options options_;
    SingleInstance instance_;
    Resources resources_;
    std::optional<AgentMirror> mirror_;
    std::optional<Trial> trial_;
    TrayView view_;
    bool was_wizard_offered_{false};
    Desktop desktop_;
    std::unique_ptr<OwnSettings> settings_;
    std::optional<Autostart> autostart_;
    std::unique_ptr<Geometry> geometry_;
    std::unique_ptr<Link> link_;
    std::optional<Context> context_;
    std::unique_ptr<WindowBook> windows_;
    Dialogs dialogs_;
    OpenDialogs open_dialogs_;
    std::unique_ptr<Commands> commands_;
    std::unique_ptr<TrayMenu> menu_;
    IconHost host_{IconHost::none};
    std::unique_ptr<TrayIcon> icon_;
    std::unique_ptr<HostWatch> host_watch_;
    std::string shown_icon_;
    std::string shown_title_;
    std::int64_t icon_shown_at_{0};
    wxTimer repaint_;
    wxTimer next_day_;
    wxTimer icon_timer_;
    NotificationPolicy policy_;
    std::unique_ptr<Notifier> notifier_;
    wxTimer notify_again_;
    std::optional<Conversation> conversation_;
};

// Milliseconds since 1970.
[[nodiscard]] std::int64_t system_now();

}  // namespace stocktray::tray
