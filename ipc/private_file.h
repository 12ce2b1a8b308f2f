// Files that hold a secret: their owner alone may read them.
#pragma once
#include <filesystem>
#include <string_view>

#include "ipc/error.h"

namespace stocktray::ipc {

enum class IfThere { replaces, fails };

// As a whole or not at all, mode 0600; on the disk when it returns. `storage` with the reason, `conflict` where the file
// is there and should not be.
[[nodiscard]] Expected<void> write_private(const std::filesystem::path& file, std::string_view text, IfThere if_there);

}  // namespace stocktray::ipc
