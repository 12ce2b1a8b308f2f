#include "ipc/user.h"
#include "tray/platform/autostart.h"

namespace stocktray::tray {

Autostart Autostart::of_this_system(const std::filesystem::path& program) {
    return {desktop_entry, autostart_file(ipc::config_folder().parent_path() / "autostart/stocktray.desktop"), program};
}

}  // namespace stocktray::tray
