#include <pwd.h>
#include <unistd.h>

#include <array>

#include "ipc/whoami.h"

namespace stocktray::ipc {

std::string login_name() {
    const passwd* user = ::getpwuid(::geteuid());
    return user != nullptr ? user->pw_name : "";
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace stocktray::ipc
