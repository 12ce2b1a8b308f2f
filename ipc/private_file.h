// Files that hold a secret: their owner alone may read them.
#pragma once
#include <filesystem>
#include <string_view>

#include "ipc/error.h"

namespace stocktray::ipc {

// With those above it that are missing, each open to this user only, whatever the umask is. One that is there stays as it is; why one
// could not be made is told by what is then written into it.
void make_private_folder(const std::filesystem::path& folder);

enum class IfThere { replaces, fails };

// As a whole or not at all, mode 0600; on the disk when it returns. `storage` with the reason, `conflict` where the file
// is there and should not be.
[[nodiscard]] Expected<void> write_private(const std::filesystem::path& file, std::string_view text, IfThere if_there);

}  // namespace stocktray::ipc
