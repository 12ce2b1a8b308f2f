// Windows and macOS have one place for icons, and it is always there; when it is started again, wx puts the icon back.
#include <wx/app.h>
#include <wx/taskbar.h>

#include <utility>

#include "tray/icon/host_watch.h"

namespace stocktray::tray {

struct HostWatch::State {
    std::function<void(IconHost)> on_change;
    std::shared_ptr<bool> is_here{std::make_shared<bool>(true)};
};

HostWatch::HostWatch(std::function<void(IconHost)> on_change) : state_{std::make_unique<State>()} {
    state_->on_change = std::move(on_change);
    wxTheApp->CallAfter([this, listener = std::weak_ptr<bool>{state_->is_here}] {
        if (!listener.expired()) state_->on_change(host());
    });
}

HostWatch::~HostWatch() = default;

IconHost HostWatch::host() const { return wxTaskBarIcon::IsAvailable() ? IconHost::task_bar : IconHost::none; }

}  // namespace stocktray::tray
