#include "tray/notifications/notifier.h"

#include <wx/app.h>
#include <wx/log.h>

#include <utility>

#include "tray/windows/text.h"

namespace stocktray::tray {

Notifier::Notifier(std::function<void(const Command&)> on_command,
                   std::function<void(const std::string&)> on_closed)
    : on_command_{std::move(on_command)}, on_closed_{std::move(on_closed)} {}

Notifier::~Notifier() {
    for (auto& [key, shown] : shown_) shown.message->Close();
}

void Notifier::show(const Notice& notice) {
    const wxLogNull quiet;  // a desktop without notifications is no error
    auto& shown = shown_[notice.key];
    const bool is_same_button = shown.message && shown.notice.action == notice.action &&
                                shown.notice.action_label == notice.action_label;
    if (!is_same_button) {
        if (shown.message) shown.message->Close();
        shown.message = std::make_unique<wxNotificationMessage>();
        auto& message = *shown.message;
        const wxWindowID id = wxWindow::NewControlId();
        if (notice.action.id != CommandId::none) message.AddAction(id, wx(notice.action_label));
        // Bound to the key, not to this notice: what it says by then counts.
        message.Bind(wxEVT_NOTIFICATION_MESSAGE_ACTION, [this, key = notice.key](wxCommandEvent&) {
            const auto at = shown_.find(key);
            if (at != shown_.end()) on_command_(at->second.notice.action);
        });
        message.Bind(wxEVT_NOTIFICATION_MESSAGE_CLICK,
                     [this](wxCommandEvent&) { on_command_({CommandId::open_problems}); });
        message.Bind(wxEVT_NOTIFICATION_MESSAGE_DISMISSED,
                     [this, key = notice.key](wxCommandEvent&) { on_closed_(key); });
    }
    shown.notice = notice;
    auto& message = *shown.message;
    message.SetTitle(wx(notice.title));
    message.SetMessage(wx(notice.body));
    message.SetFlags(notice.urgency == Urgency::low      ? wxICON_INFORMATION
                     : notice.urgency == Urgency::normal ? wxICON_WARNING
                                                         : wxICON_ERROR);
    message.Show(notice.urgency == Urgency::critical ? wxNotificationMessage::Timeout_Never
                                                     : wxNotificationMessage::Timeout_Auto);
}

void Notifier::withdraw(const std::string& key) {
    const wxLogNull quiet;
    const auto at = shown_.find(key);
    if (at == shown_.end()) return;
    // Its own event may be what withdraws it.
    auto message = std::shared_ptr<wxNotificationMessage>{std::move(at->second.message)};
    shown_.erase(at);
    message->Close();
    wxTheApp->CallAfter([message] {});
}

}  // namespace stocktray::tray
