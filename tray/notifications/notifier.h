// Shows what the policy decided, as the desktop shows notifications. A click on the button is the same
// command as in the menu.
//
// Nothing here waits for the desktop: a server of notifications that hangs must not hold the tray.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "tray/model/incidents.h"

namespace stocktray::tray {

class Notifier {
public:
    // Both run on the UI thread. `on_closed`: the notice of this key is no longer on the screen.
    Notifier(std::function<void(const Command&)> on_command,
             std::function<void(const std::string&)> on_closed);
    // Takes back what is shown.
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    // In the place of one with the same key.
    void show(const Notice& notice);
    void withdraw(const std::string& key);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace stocktray::tray
