// Notifications of Windows and macOS, by wx. Where there are no buttons in them, a click on the whole does what the
// button would.
#include <wx/app.h>
#include <wx/notifmsg.h>

#include <utility>

#include "tray/notifications/messages_on_screen.h"
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

struct Notifier::State : std::enable_shared_from_this<State> {
    MessagesOnScreen<wxNotificationMessage> shown;
    std::function<void(const Command&)> on_command;
    std::function<void(const std::string&)> on_closed;

    void put(const Notice& notice) {
        auto message = std::make_unique<wxNotificationMessage>(wx(notice.title), wx(notice.body), nullptr, icon_of(notice.urgency));
        const bool has_action = notice.action.id != CommandId::none;
        const Command whole = has_action ? notice.action : Command{CommandId::open_problems};
        if (has_action) message->AddAction(wxID_ANY, wx(notice.action_label));
        const auto end = [this, key = notice.key, shown_as = message.get()] { ended(key, shown_as); };
        const auto click = [this, whole, end](wxCommandEvent&) {
            on_command(whole);
            end();
        };
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_CLICK, click);
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_ACTION, click);
        message->Bind(wxEVT_NOTIFICATION_MESSAGE_DISMISSED, [end](wxCommandEvent&) { end(); });
        const bool stays = notice.urgency == Urgency::critical;
        message->Show(stays ? wxNotificationMessage::Timeout_Never : wxNotificationMessage::Timeout_Auto);
        shown.put(notice.key, std::move(message));
    }

    // It calls from its own event: what is left of it goes when that is over.
    void ended(const std::string& key, const wxNotificationMessage* message) {
        if (!shown.end(key, message)) return;
        on_closed(key);
        wxTheApp->CallAfter([self = weak_from_this()] {
            if (const auto state = self.lock()) state->shown.sweep();
        });
    }

    static void take_back(std::unique_ptr<wxNotificationMessage> message) {
        if (!message) return;
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
    while (auto message = state_->shown.take_any()) State::take_back(std::move(message));
}

void Notifier::show(const Notice& notice) {
    State::take_back(state_->shown.take(notice.key));
    state_->put(notice);
}

void Notifier::withdraw(const std::string& key) { State::take_back(state_->shown.take(key)); }

}  // namespace stocktray::tray
