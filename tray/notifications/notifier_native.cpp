// Notifications of Windows and macOS, by wx. Where there are no buttons in them, a click on the whole does what the
// button would.
#include <wx/notifmsg.h>

#include <map>
#include <utility>

#include "tray/notifications/notifier.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

int icon_of(Urgency urgency) {
    return urgency == Urgency::low      ? wxICON_INFORMATION
           : urgency == Urgency::normal ? wxICON_WARNING
                                        : wxICON_ERROR;
}

}  // namespace

struct Notifier::State {
    // A message must live as long as it may be clicked.
    std::map<std::string, std::unique_ptr<wxNotificationMessage>> shown;
    std::function<void(const Command&)> on_command;
    std::function<void(const std::string&)> on_closed;

    void put(const Notice& notice) {
        auto message = std::make_unique<wxNotificationMessage>(wx(notice.title), wx(notice.body), nullptr, icon_of(notice.urgency));
        const bool has_action = notice.action.id != CommandId::none;
        const Command whole = has_action ? notice.action : Command{CommandId::open_problems};
        if (has_action) message->AddAction(wxID_ANY, wx(notice.action_label));
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_CLICK, [this, whole](wxCommandEvent&) { on_command(whole); });
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_ACTION, [this, whole](wxCommandEvent&) { on_command(whole); });
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_DISMISSED, [this, key = notice.key](wxCommandEvent&) { on_closed(key); });
        const bool stays = notice.urgency == Urgency::critical;
        message->Show(stays ? wxNotificationMessage::Timeout_Never : wxNotificationMessage::Timeout_Auto);
        shown[notice.key] = std::move(message);
    }

    void take_back(const std::string& key) {
        const auto at = shown.find(key);
        if (at == shown.end()) return;
        const auto message = std::move(at->second);
        shown.erase(at);
        // Its farewell is none of the person's.
        message->SetEvtHandlerEnabled(false);
        message->Close();
    }
};

Notifier::Notifier(std::function<void(const Command&)> on_command,
                   std::function<void(const std::string&)> on_closed)
    : state_{std::make_shared<State>()} {
    state_->on_command = std::move(on_command);
    state_->on_closed = std::move(on_closed);
}

Notifier::~Notifier() {
    while (!state_->shown.empty()) state_->take_back(state_->shown.begin()->first);
}

void Notifier::show(const Notice& notice) {
    state_->take_back(notice.key);
    state_->put(notice);
}

void Notifier::withdraw(const std::string& key) { state_->take_back(key); }

}  // namespace stocktray::tray
