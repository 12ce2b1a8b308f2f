#include <cstdlib>

#include "ipc/user.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

#ifdef __APPLE__
fs::path own_folder(const char*, const char*) { return fs::path{variable("HOME")} / "Library/Application Support/Stocktray"; }
#else
fs::path own_folder(const char* named, const char* usual) {
    const auto folder = variable(named);
    return (folder.empty() ? fs::path{variable("HOME")} / usual : fs::path{folder}) / "stocktray";
}
#endif

}  // namespace

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path config_folder() { return own_folder("XDG_CONFIG_HOME", ".config"); }
fs::path data_folder() { return own_folder("XDG_DATA_HOME", ".local/share"); }

}  // namespace stocktray::ipc
