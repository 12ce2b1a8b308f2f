// Shows what the policy decided, as the desktop shows notifications. A click on the button is the same
// command as in the menu.
#pragma once
#include <wx/notifmsg.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tray/model/incidents.h"

namespace stocktray::tray {

class Notifier {
public:
    // `on_closed`: the person closed the notice of this key.
    Notifier(std::function<void(const Command&)> on_command,
             std::function<void(const std::string&)> on_closed);
    ~Notifier();

    void show(const Notice& notice);
    void withdraw(const std::string& key);

private:
    // Kept alive while it may be on the screen: the click comes to the object.
    struct Shown {
        Notice notice;
        std::unique_ptr<wxNotificationMessage> message;
    };

    std::function<void(const Command&)> on_command_;
    std::function<void(const std::string&)> on_closed_;
    std::map<std::string, Shown> shown_;
};

}  // namespace stocktray::tray
