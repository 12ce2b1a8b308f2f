#include <pwd.h>
#include <unistd.h>

#include "tray/platform/login_name.h"

namespace stocktray::tray {

std::string login_name() {
    const auto* user = ::getpwuid(::geteuid());
    return user ? user->pw_name : "";
}

}  // namespace stocktray::tray
