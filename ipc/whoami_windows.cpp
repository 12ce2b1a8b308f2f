#include <windows.h>

#include <lmcons.h>

#include <array>
#include <filesystem>

#include "ipc/path_text.h"
#include "ipc/whoami.h"

namespace stocktray::ipc {

std::string login_name() {
    std::array<wchar_t, UNLEN + 1> name{};
    DWORD size = name.size();
    return ::GetUserNameW(name.data(), &size) ? text_of(std::filesystem::path{name.data()}) : std::string{};
}

std::string host_name() {
    std::array<wchar_t, 256> name{};
    DWORD size = name.size();
    return ::GetComputerNameExW(ComputerNameDnsHostname, name.data(), &size) ? text_of(std::filesystem::path{name.data()}) : std::string{};
}

}  // namespace stocktray::ipc
