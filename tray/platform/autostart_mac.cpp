#include "ipc/user.h"
#include "tray/platform/autostart.h"

namespace stocktray::tray {

Autostart Autostart::of_this_system(const std::filesystem::path& program) {
    const std::filesystem::path home = ipc::variable("HOME");
    return {launch_agent, autostart_file(home / "Library/LaunchAgents/io.stocktray.Stocktray.plist"), program};
}

}  // namespace stocktray::tray
