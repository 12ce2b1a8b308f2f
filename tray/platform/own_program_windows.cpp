#include <windows.h>

#include <array>

#include "ipc/path_text.h"
#include "tray/platform/own_program.h"

namespace stocktray::tray {

std::filesystem::path own_program() {
    std::array<wchar_t, 32'768> path{};  // the longest that there is
    ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
    return path.data();
}

void tell_at_start(const std::string& text, bool is_error) {
    const std::wstring wide = ipc::path_of(text).wstring();
    ::MessageBoxW(nullptr, wide.c_str(), L"Stocktray", is_error ? MB_ICONERROR : MB_ICONINFORMATION);
}

}  // namespace stocktray::tray
