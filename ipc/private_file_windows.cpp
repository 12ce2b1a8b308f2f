#include <fmt/format.h>

#include <system_error>

#include "ipc/path_text.h"
#include "ipc/private_file.h"
#include "ipc/random_id.h"
#include "ipc/user_only_windows.h"

namespace stocktray::ipc {
namespace {

// 0, or the system's number that says why not.
DWORD write_synced(HANDLE file, std::string_view text) {
    while (!text.empty()) {
        DWORD written = 0;
        constexpr std::size_t at_once = 1u << 20;
        if (!::WriteFile(file, text.data(), static_cast<DWORD>(std::min(text.size(), at_once)), &written, nullptr)) return ::GetLastError();
        text.remove_prefix(written);
    }
    return ::FlushFileBuffers(file) ? 0 : ::GetLastError();
}

}  // namespace

// What lies in a user's own folder is that user's.
void make_private_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
}

Expected<void> write_private(const std::filesystem::path& file, std::string_view text, IfThere if_there) {
    const auto failed = [&](DWORD why) {
        return fail(why == ERROR_ALREADY_EXISTS || why == ERROR_FILE_EXISTS ? Code::conflict : Code::storage,
                    fmt::format("{} cannot be written: {}.", text_of(file), std::system_category().message(static_cast<int>(why))));
    };
    UserOnly user_only;
    if (!user_only.attributes()) return failed(ERROR_NO_SUCH_USER);
    // Several threads may write the same file at once.
    const std::filesystem::path draft = path_of(fmt::format("{}.{}", text_of(file), random_id()));
    const HANDLE made = ::CreateFileW(draft.c_str(), GENERIC_WRITE, 0, user_only.attributes(), CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (made == INVALID_HANDLE_VALUE) return failed(::GetLastError());
    DWORD why = write_synced(made, text);
    ::CloseHandle(made);
    const DWORD how = MOVEFILE_WRITE_THROUGH | (if_there == IfThere::replaces ? MOVEFILE_REPLACE_EXISTING : 0);
    if (why == 0 && !::MoveFileExW(draft.c_str(), file.c_str(), how)) why = ::GetLastError();
    if (why == 0) return {};
    ::DeleteFileW(draft.c_str());
    return failed(why);
}

}  // namespace stocktray::ipc
