#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cerrno>
#include <utility>

#include "ipc/no_links.h"
#include "ipc/random_id.h"
#include "ipc/spool/place.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

// What was tried, and why it failed.
Failure failed_at(const fs::path& file, std::string_view what, int error) {
    if (error == EROFS || error == EACCES || error == EPERM) return unwritable(file);
    return fail(Code::storage, fmt::format("{} {}: {}.", file.string(), what, std::generic_category().message(error)));
}

// With those above it that are missing. A new folder's name is only safe once the one above it is.
Expected<void> make_folder(const fs::path& folder) {
    std::error_code error;
    if (folder.empty() || fs::exists(folder, error)) return {};
    if (folder.has_relative_path())
        if (auto above = make_folder(folder.parent_path()); !above) return above;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed_at(folder, "cannot be made", errno);
    sync_folder(folder.parent_path());
    return {};
}

}  // namespace

Expected<void> make_private_file(const fs::path& file, const Fill& fill) {
    const fs::path folder = file.parent_path();
    if (auto made = make_folder(folder); !made) return made;
    if (const auto link = link_at_database(file)) return fail(Code::storage, *link);
    std::error_code error;
    if (fs::exists(file, error)) return {};
    // The file itself is never opened here: closing it would end the locks that SQLite holds on it for other
    // connections of this process, and another process would throw away the log that they write to.
    const auto draft = fmt::format("{}.{}.{}", file.string(), ::getpid(), random_id());
    const auto failed = [&](int why) {
        ::unlink(draft.c_str());
        return failed_at(file, "cannot be made", why);
    };
    const int made = ::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) return failed(errno);
    ::close(made);
    try {
        if (fill) fill(draft);
    } catch (...) {
        ::unlink(draft.c_str());
        throw;
    }
    if (::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST) return failed(errno);
    ::unlink(draft.c_str());
    sync_folder(folder);
    return {};
}

void sync_folder(const fs::path& folder) noexcept {
    const int opened = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return;
    ::fsync(opened);
    ::close(opened);
}

Expected<std::optional<SpoolGuard>> SpoolGuard::take(const fs::path& spool, Share share) {
    const auto file = spool.string() + ".lock";
    const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (opened < 0 && errno == ELOOP) return fail(Code::storage, link_in_the_way(file));
    if (opened < 0) return failed_at(spool, "cannot be opened", errno);
    SpoolGuard guard{opened};
    const int how = (share == Share::alone ? LOCK_EX : LOCK_SH) | LOCK_NB;
    int result = 0;
    while ((result = ::flock(opened, how)) != 0 && errno == EINTR) {
    }
    if (result == 0) return std::optional{std::move(guard)};
    if (errno == EWOULDBLOCK) return std::optional<SpoolGuard>{};
    return failed_at(spool, "cannot be locked", errno);
}

SpoolGuard::SpoolGuard(SpoolGuard&& other) noexcept : handle_{std::exchange(other.handle_, -1)} {}
SpoolGuard& SpoolGuard::operator=(SpoolGuard&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}
SpoolGuard::~SpoolGuard() {
    if (handle_ >= 0) ::close(static_cast<int>(handle_));
}

}  // namespace stocktray::ipc
