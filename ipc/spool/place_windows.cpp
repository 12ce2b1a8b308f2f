#include <windows.h>

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "ipc/path_text.h"
#include "ipc/random_id.h"
#include "ipc/spool/place.h"
#include "ipc/user_only_windows.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

constexpr std::intptr_t nothing = -1;  // INVALID_HANDLE_VALUE

HANDLE handle_of(std::intptr_t guard) { return reinterpret_cast<HANDLE>(guard); }

Failure failed_at(const fs::path& file, std::string_view what, DWORD error) {
    if (error == ERROR_ACCESS_DENIED || error == ERROR_WRITE_PROTECT) return unwritable(file);
    return fail(Code::storage,
                fmt::format("{} {}: {}.", text_of(file), what, std::system_category().message(static_cast<int>(error))));
}

Expected<void> make_folder(const fs::path& folder, UserOnly& user_only) {
    std::error_code error;
    if (folder.empty() || fs::exists(folder, error)) return {};
    if (folder.has_relative_path())
        if (auto above = make_folder(folder.parent_path(), user_only); !above) return above;
    if (!::CreateDirectoryW(folder.c_str(), user_only.attributes()) && ::GetLastError() != ERROR_ALREADY_EXISTS)
        return failed_at(folder, "cannot be made", ::GetLastError());
    return {};
}

}  // namespace

Expected<void> make_private_file(const fs::path& file, const Fill& fill) {
    UserOnly user_only;
    if (!user_only.attributes()) return failed_at(file, "cannot be made", ERROR_NO_SUCH_USER);
    if (auto made = make_folder(file.parent_path(), user_only); !made) return made;
    std::error_code error;
    if (fs::exists(file, error)) return {};
    const fs::path draft = fs::path{file}.concat(fmt::format(".{}.{}", ::GetCurrentProcessId(), random_id()));
    const HANDLE made = ::CreateFileW(draft.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                      user_only.attributes(), CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (made == INVALID_HANDLE_VALUE) return failed_at(file, "cannot be made", ::GetLastError());
    ::CloseHandle(made);
    try {
        if (fill) fill(draft);
    } catch (...) {
        ::DeleteFileW(draft.c_str());
        throw;
    }
    // Whose name is there already keeps it.
    if (::MoveFileExW(draft.c_str(), file.c_str(), MOVEFILE_WRITE_THROUGH)) return {};
    const DWORD why = ::GetLastError();
    ::DeleteFileW(draft.c_str());
    if (why == ERROR_ALREADY_EXISTS || why == ERROR_FILE_EXISTS) return {};
    return failed_at(file, "cannot be made", why);
}

// NTFS keeps names in a journal of its own; a folder cannot be flushed.
void sync_folder(const fs::path&) noexcept {}

Expected<std::optional<SpoolGuard>> SpoolGuard::take(const fs::path& spool, Share share) {
    UserOnly user_only;
    const fs::path file = fs::path{spool}.concat(".lock");
    const HANDLE opened = ::CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                        user_only.attributes(), OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (opened == INVALID_HANDLE_VALUE) return failed_at(spool, "cannot be opened", ::GetLastError());
    SpoolGuard guard{reinterpret_cast<std::intptr_t>(opened)};
    OVERLAPPED at_beginning{};
    const DWORD how = LOCKFILE_FAIL_IMMEDIATELY | (share == Share::alone ? LOCKFILE_EXCLUSIVE_LOCK : 0);
    if (::LockFileEx(opened, how, 0, 1, 0, &at_beginning)) return std::optional{std::move(guard)};
    const DWORD why = ::GetLastError();
    if (why == ERROR_LOCK_VIOLATION || why == ERROR_IO_PENDING) return std::optional<SpoolGuard>{};
    return failed_at(spool, "cannot be locked", why);
}

SpoolGuard::SpoolGuard(SpoolGuard&& other) noexcept : handle_{std::exchange(other.handle_, nothing)} {}
SpoolGuard& SpoolGuard::operator=(SpoolGuard&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}
SpoolGuard::~SpoolGuard() {
    if (handle_ != nothing) ::CloseHandle(handle_of(handle_));
}

}  // namespace stocktray::ipc
