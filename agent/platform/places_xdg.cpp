#include <cstdlib>

#include "agent/platform/places.h"

namespace stocktray::platform {
namespace {

namespace fs = std::filesystem;

fs::path home() {
    const char* dir = std::getenv("HOME");
    return dir != nullptr ? fs::path{dir} : fs::path{"/"};
}

fs::path xdg(const char* variable, const char* fallback) {
    const char* dir = std::getenv(variable);
    // The XDG specification: a relative path is to be ignored.
    if (dir != nullptr && fs::path{dir}.is_absolute()) return dir;
    return home() / fallback;
}

}  // namespace

fs::path data_home() { return xdg("XDG_DATA_HOME", ".local/share"); }
fs::path config_home() { return xdg("XDG_CONFIG_HOME", ".config"); }
fs::path state_home() { return xdg("XDG_STATE_HOME", ".local/state"); }

}  // namespace stocktray::platform
