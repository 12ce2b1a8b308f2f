#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

#include "ipc/private_file.h"
#include "ipc/random_id.h"

namespace stocktray::ipc {
namespace {

// 0, or the errno that says why not.
int write_synced(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0 ? 0 : errno;
}

// The file's new name outlives a power cut from then on.
int sync_folder_of(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return errno;
    const int why = ::fsync(opened) == 0 ? 0 : errno;
    ::close(opened);
    return why;
}

}  // namespace

void make_private_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (folder.empty() || std::filesystem::exists(folder, ignored)) return;
    if (folder.has_relative_path()) make_private_folder(folder.parent_path());
    (void)::mkdir(folder.c_str(), 0700);
}

Expected<void> write_private(const std::filesystem::path& file, std::string_view text, IfThere if_there) {
    const auto failed = [&](int why) {
        return fail(why == EEXIST ? Code::conflict : Code::storage,
                    fmt::format("{} cannot be written: {}.", file.string(), std::generic_category().message(why)));
    };
    // Several threads may write the same file at once.
    const std::string draft = fmt::format("{}.{}", file.string(), random_id());
    const int made = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made < 0) return failed(errno);
    int why = write_synced(made, text);
    ::close(made);
    // A link fails where the file is there; a rename replaces it.
    if (why == 0 && if_there == IfThere::fails && ::link(draft.c_str(), file.c_str()) != 0) why = errno;
    if (why == 0 && if_there == IfThere::replaces && ::rename(draft.c_str(), file.c_str()) != 0) why = errno;
    if (why != 0 || if_there == IfThere::fails) ::unlink(draft.c_str());
    if (why != 0) return failed(why);
    why = sync_folder_of(file);
    // The next try must not find what this one has not promised.
    if (why != 0 && if_there == IfThere::fails) ::unlink(file.c_str());
    if (why != 0) return failed(why);
    return {};
}

}  // namespace stocktray::ipc
