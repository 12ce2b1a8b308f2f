// Where the spool lies, and who uses it. What is particular to an operating system stands in place_*.cpp.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "ipc/error.h"

namespace stocktray::ipc {

// $STOCKTRAY_SPOOL, else spool.db in `data_folder`.
[[nodiscard]] std::filesystem::path default_spool();

// Makes the folder (open to this user only) and the file (mode 0600) where they are missing. The file is empty, or
// what `fill` makes of an empty one: it bears its name only when it is whole. What `fill` throws goes on.
using Fill = std::function<void(const std::filesystem::path& draft)>;
[[nodiscard]] Expected<void> make_private_file(const std::filesystem::path& file, const Fill& fill = {});

// What to run to repair this spool.
[[nodiscard]] std::string repair_command(const std::filesystem::path& spool);

// `storage`, in words for whoever looks after this computer: nothing can be written where this file lies.
[[nodiscard]] Failure unwritable(const std::filesystem::path& file);

// That the name is on the disk too, after a file was renamed or made.
void sync_folder(const std::filesystem::path& folder) noexcept;

// Held by everybody who has the spool open, and alone by whoever puts another file in its place. Ends with the
// process, however it ends.
class SpoolGuard {
public:
    enum class Share { with_others, alone };

    // Does not wait. None: others hold it in a way that does not go with this one.
    [[nodiscard]] static Expected<std::optional<SpoolGuard>> take(const std::filesystem::path& spool, Share share);

    SpoolGuard(SpoolGuard&& other) noexcept;
    SpoolGuard& operator=(SpoolGuard&& other) noexcept;
    ~SpoolGuard();

private:
    explicit SpoolGuard(std::intptr_t handle) noexcept : handle_{handle} {}
    std::intptr_t handle_{-1};  // a descriptor; a HANDLE on Windows
};

}  // namespace stocktray::ipc
