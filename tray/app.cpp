#include "tray/app.h"

#include <wx/log.h>
#include <wx/utils.h>

#include <algorithm>
#include <chrono>

#include "ipc/user.h"
#include "tray/model/words.h"
#include "tray/platform/guide.h"
#include "tray/platform/language.h"
#include "tray/platform/own_program.h"
#include "tray/platform/service_starter.h"
#include "tray/platform/shared_agent.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int repaint_after_ms = 60;          // news that come together make one picture
constexpr std::int64_t icon_step_ms = 1'000;  // an icon that flickers says nothing

constexpr const char* trial_group = "/wizard/trial";

std::optional<Trial::Owed> owed_by_trial(OwnSettings& settings) {
    const auto read = [&](const char* key) { return utf8(settings.file().Read(wxString{trial_group} + "/" + key, "")); };
    Trial::Owed owed{read("cart"), read("sku"), read("id"), read("agent")};
    return owed.id.empty() ? std::nullopt : std::optional{std::move(owed)};
}

void keep_owed(OwnSettings& settings, const std::optional<Trial::Owed>& owed) {
    auto& file = settings.file();
    if (owed) {
        const auto write = [&](const char* key, const std::string& value) { file.Write(wxString{trial_group} + "/" + key, wx(value)); };
        write("cart", owed->cart);
        write("sku", owed->sku);
        write("id", owed->id);
        write("agent", owed->agent);
    } else {
        file.DeleteGroup(trial_group);
    }
    file.Flush();
}

// For an hour at most: a computer that slept, or whose clock was set, finds its way back.
void start(wxTimer& timer, std::int64_t wait_ms) {
    timer.StartOnce(static_cast<int>(std::clamp<std::int64_t>(wait_ms, 50, 3'600'000)));
}

}  // namespace

std::int64_t system_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

bool App::Initialize(int& count, wxChar** arguments) {
    // What wx has to say is for a log, never a dialog: a place that cannot be kept must not stop anybody, and
    // without a display there is no dialog.
    delete wxLog::SetActiveTarget(new wxLogStderr);
    const bool was_logging = wxLog::EnableLogging(false);
    const bool has_display = wxApp::Initialize(count, arguments);
    wxLog::EnableLogging(was_logging);
    if (!has_display)
        tell_at_start("stocktray: " +
                          tr("There is no display to show anything on. Start it on a desktop; elsewhere "
                             "stocktrayctl does the same.") +
                          "\n",
                      true);
    return has_display;
}

bool App::OnInit() {
    SetAppName("stocktray");
    SetExitOnFrameDelete(false);
    resources_ = Resources::find();
    settings_ = std::make_unique<OwnSettings>(ipc::config_folder() / "tray.ini");
    speak(settings_->language(), resources_.locale);
    autostart_.emplace(Autostart::of_this_system(resources_.program));
    autostart_->repair();
    geometry_ = std::make_unique<Geometry>(settings_->file());
    mirror_.emplace(system_now());

    auto link =
        Link::open(options_.endpoint, [this](std::function<void()> call) { CallAfter(std::move(call)); });
    if (!link) {
        tell_at_start("stocktray: " + link.error().message + "\n", true);
        return false;
    }
    link_ = std::move(*link);
    trial_.emplace(*link_, *mirror_,
                   Trial::Surroundings{.kept = owed_by_trial(*settings_),
                                       .keep = [this](const std::optional<Trial::Owed>& owed) { keep_owed(*settings_, owed); }});
    context_.emplace(Context{.link = *link_,
                             .mirror = *mirror_,
                             .view = view_,
                             .geometry = *geometry_,
                             .settings = *settings_,
                             .autostart = *autostart_,
                             .trial = *trial_,
                             .run =
                                 [this](const Command& command) {
                                     // Later: a question inside a control's event would keep a screen reader
                                     // waiting.
                                     CallAfter([this, command] { run(command); });
                                 },
                             .has_tray = [this] { return host_ != IconHost::none; },
                             .now = system_now,
                             .icons = resources_.icons,
                             .programs = resources_.program.parent_path(),
                             .endpoint = options_.endpoint,
                             .start_gateway = [this] {
                                 return start_gateway(resources_.program.parent_path(), options_.endpoint);
                             }});
    windows_ = std::make_unique<WindowBook>(*context_);
    fill_window_table(*windows_);
    desktop_.windows = windows_->kinds();
    look_whose_agent();
    desktop_.has_guide = !guide_page(resources_, {}).empty();
    commands_ = std::make_unique<Commands>(
        link_->converse(), *mirror_, dialogs_,
        Surroundings{
            .open_window = [this](const Command& command) { return windows_->open(command); },
            .browse = [](const std::string& address) { wxLaunchDefaultBrowser(wx(address)); },
            .guide_page = [this](const std::string& section) { return guide_page(resources_, section); },
            .start_agent =
                [this] { return start_agent(resources_.program.parent_path(), options_.endpoint); },
            .quit = [this] { open_dialogs_.cancel_all([this] { if (windows_->close_others()) ExitMainLoop(); }); },
            .now = system_now});
    menu_ = std::make_unique<TrayMenu>([this](const Command& command) {
        // After the menu has closed: a question in a menu's event would hold the panel. Beside a question that is open
        // nothing else could be used.
        CallAfter([this, command] {
            if (command.id == CommandId::quit || !open_dialogs_.raise_last()) run(command);
        });
    });
    notifier_ = std::make_unique<Notifier>(
        [this](const Command& command) { CallAfter([this, command] { run(command); }); },
        [this](const std::string& key) { policy_.closed(key); });
    notify_again_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { notify(); });
    repaint_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { show(); });
    next_day_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { await_next_day(); });
    icon_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { show_icon(); });
    show();
    await_next_day();
    conversation_.emplace(link_->converse());
    conversation_->hear({}, [this](const News& news) { hear(news); });
    link_->start();
    host_watch_ = std::make_unique<HostWatch>([this](IconHost host) { turn_to(host); });
    instance_.on_second_start([this](const std::string& window) {
        windows_->open({window_of(window).value_or(CommandId::open_overview)});
    });
    if (options_.open) windows_->open({*options_.open});
    return true;
}

#ifdef __WXMAC__
void App::MacReopenApp() { run({CommandId::open_overview}); }
#endif

int App::OnExit() {
    host_watch_.reset();
    conversation_.reset();
    windows_.reset();
    commands_.reset();
    notifier_.reset();
    icon_.reset();
    menu_.reset();
    trial_.reset();
    link_.reset();
    return 0;
}

void App::run(const Command& command) {
    commands_->run(command);
}

// This computer may have been paired, or not be any more, by any program.
void App::look_whose_agent() {
    desktop_.agents_computer = computer_of_shared_agent(options_.endpoint);
    desktop_.can_start_agent = can_run_agent() && desktop_.agents_computer.empty();
}

void App::hear(const News& news) {
    mirror_->take(news, system_now());
    if (mirror_->contact() == Contact::lost) look_whose_agent();
    trial_->look();
    show_soon();
    offer_wizard();
}

// At the first start, once it is known that there is no cart or no agent to ask.
void App::offer_wizard() {
    const auto contact = mirror_->contact();
    if (contact == Contact::waiting || contact == Contact::other_version) return;
    if (was_wizard_offered_) return;
    was_wizard_offered_ = true;
    auto& file = settings_->file();
    if (file.ReadBool("/wizard/offered", false)) return;
    file.Write("/wizard/offered", true);
    file.Flush();
    if (mirror_->carts().empty()) run({CommandId::open_wizard});
}

void App::show_soon() {
    if (!repaint_.IsRunning()) repaint_.StartOnce(repaint_after_ms);
}

void App::show() {
    view_ = present(*mirror_, system_now(), desktop_);
    // What only changes its words the panel hears of by itself; a menu that is given anew is sent to it whole.
    if (menu_->update(view_.menu) == TrayMenu::Change::made_anew && icon_) icon_->set_menu(menu_->menu());
    show_icon();
    windows_->show_view(view_);
    notify();
}

// No news come of it.
void App::await_next_day() {
    if (system_now() >= view_.holds_until) show();
    start(next_day_, view_.holds_until - system_now());
}

void App::notify() {
    const auto now = system_now();
    const NotificationPolicy::Settings settings{
        .notifications = settings_->notifications(),
        .repeat_ms = mirror_->number("NotifyRepeatMinutes", 15) * 60'000,
        .quiet_hours = mirror_->text("QuietHours")};
    const auto verdict =
        policy_.consider(incidents_of(*mirror_, desktop_, now), mirror_->contact() != Contact::waiting,
                         settings, now, minute_of_day(now));
    for (const auto& key : verdict.withdraw) notifier_->withdraw(key);
    for (const auto& notice : verdict.show) notifier_->show(notice);
    notify_again_.Stop();
    if (!verdict.look_again_at) return;
    start(notify_again_, *verdict.look_again_at - now);
}

// At most once a second; what is held back comes then.
void App::show_icon() {
    if (!icon_) return;
    const auto name = icon_name(view_.icon);
    if (name == shown_icon_ && view_.title == shown_title_) return;
    const auto now = system_now();
    const auto wait = icon_shown_at_ + icon_step_ms - now;
    if (wait > 0 && wait <= icon_step_ms) {
        if (!icon_timer_.IsRunning()) icon_timer_.StartOnce(static_cast<int>(wait));
        return;
    }
    // Nothing was known yet: the first true icon need not wait.
    icon_shown_at_ = mirror_->contact() == Contact::waiting ? 0 : now;
    shown_icon_ = name;
    shown_title_ = view_.title;
    icon_->show(name, view_.title,
                view_.icon.state == IconState::decision || view_.icon.state == IconState::late);
}

void App::turn_to(IconHost host) {
    icon_.reset();
    host_ = host;
    icon_ = make_icon(host, resources_.icons, [this] { run({CommandId::open_overview}); });
    shown_icon_.clear();
    icon_shown_at_ = 0;
    icon_->set_menu(menu_->menu());
    show();  // the newest picture: news may wait for the next one
    // Without a tray there would be no way to Stocktray at all.
    if (host != IconHost::none) return;
    windows_->open({CommandId::open_overview});
    // The first steps stay in front of it.
    if (windows_->is_open(CommandId::open_wizard)) windows_->open({CommandId::open_wizard});
}

}  // namespace stocktray::tray
