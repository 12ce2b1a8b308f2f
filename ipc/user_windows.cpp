#include <cstdlib>

#include "ipc/path_text.h"
#include "ipc/user.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

// The local part of the profile: keys and what a computer has not delivered yet belong to this computer and must not
// follow the user to another one.
fs::path own_folder() { return path_of(variable("LOCALAPPDATA")) / "Stocktray"; }

}  // namespace

std::string variable(const char* name) {
    // Names are ASCII, values are not: the narrow environment would lose what the code page does not have.
    const std::wstring wide(name, name + std::char_traits<char>::length(name));
    const wchar_t* value = ::_wgetenv(wide.c_str());
    return value ? text_of(fs::path{value}) : std::string{};
}

fs::path config_folder() { return own_folder(); }
fs::path data_folder() { return own_folder(); }

}  // namespace stocktray::ipc
