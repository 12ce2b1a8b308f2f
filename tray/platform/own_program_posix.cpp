#include <cstdio>
#ifdef __APPLE__
#include <mach-o/dyld.h>

#include <array>
#endif

#include "tray/platform/own_program.h"

namespace stocktray::tray {

std::filesystem::path own_program() {
    std::error_code error;
#ifdef __APPLE__
    std::array<char, 4'096> path{};
    auto size = static_cast<std::uint32_t>(path.size());
    if (::_NSGetExecutablePath(path.data(), &size) != 0) return {};
    return std::filesystem::canonical(path.data(), error);
#else
    return std::filesystem::read_symlink("/proc/self/exe", error);
#endif
}

void tell_at_start(const std::string& text, bool is_error) { std::fputs(text.c_str(), is_error ? stderr : stdout); }

}  // namespace stocktray::tray
