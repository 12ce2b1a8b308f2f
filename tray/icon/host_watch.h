// Which kind of panel there is now, and tells when that changes: a panel that comes late, is started again or
// goes.
#pragma once
#include <functional>
#include <memory>

#include "tray/icon/tray_icon.h"

namespace stocktray::tray {

class HostWatch {
public:
    // `on_change` runs on the UI thread, with the new kind. It is called once soon after the start, too.
    explicit HostWatch(std::function<void(IconHost)> on_change);
    ~HostWatch();
    HostWatch(const HostWatch&) = delete;
    HostWatch& operator=(const HostWatch&) = delete;

    // The host as known now; StatusNotifier goes before the task bar.
    [[nodiscard]] IconHost host() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::tray
