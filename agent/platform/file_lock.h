// A lock that ends with the process, however it ends.
#pragma once
#include <filesystem>
#include <string>

#include "core/result.h"

namespace stocktray::platform {

class FileLock {
public:
    // Takes the lock of the file (made if missing, mode 0600) and writes who holds it into it; does not wait.
    // `conflict`, with the holder's words, if another process has it.
    [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& file, const std::string& holder);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

private:
    explicit FileLock(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_{-1};
};

}  // namespace stocktray::platform
