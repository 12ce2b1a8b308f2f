// Files that are to survive a power cut.
#pragma once
#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace stocktray::gateway {

// On the disk when it returns. Always a new file: what lies there may be a link that somebody else has laid.
[[nodiscard]] Result<void> write_synced(const std::filesystem::path& file, std::string_view text);

}  // namespace stocktray::gateway
