// A folder that is gone when its owner is.
#pragma once
#include <filesystem>

namespace stocktray::tests {

// Lies under the system's temporary folder with a short name: paths of sockets end at 107 characters.
// With STOCKTRAY_KEEP_TEMP in the environment nothing is removed, for a look at what a failing test left.
class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace stocktray::tests
