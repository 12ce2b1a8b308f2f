// Waits until something may have happened in a folder. What is particular to an operating system stands in
// folder_watch_*.cpp.
#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>

namespace stocktray::gateway {

class FolderWatch {
public:
    virtual ~FolderWatch() = default;

    // Returns when something has happened there, after `at_most`, or when it is told to stop. May return early.
    virtual void wait(std::chrono::milliseconds at_most, std::stop_token stop) = 0;
    // False: it only waits for the time to pass.
    [[nodiscard]] virtual bool is_told() const noexcept = 0;
};

// Looks again every `every`: for folders whose changes nobody tells.
[[nodiscard]] std::unique_ptr<FolderWatch> poll_folder(std::chrono::milliseconds every);

// By what the system tells; null where it tells nothing of that folder (network shares, other systems, no room for one
// more).
[[nodiscard]] std::unique_ptr<FolderWatch> watch_folder(const std::filesystem::path& folder);

// Whether somebody on this computer has the file open to write into it; false also where that cannot be seen.
[[nodiscard]] bool is_open_for_writing(const std::filesystem::path& file) noexcept;

}  // namespace stocktray::gateway
