// The Order Manager's counts from a file that it has exported.
#pragma once
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/messages/qoh.h"

namespace stocktray::tray {

// All of them, or a sentence that says what is wrong with the file.
[[nodiscard]] tl::expected<std::vector<ipc::qoh::SnapshotItem>, std::string> read_counts(
    const std::string& path);

}  // namespace stocktray::tray
