// How one folder is watched.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "ipc/import/file_import.h"

namespace stocktray::gateway {

enum class WatchBy { automatic, polling };

struct FolderSettings {
    std::filesystem::path path{};
    std::vector<std::string> files{"*.csv", "*.tsv", "*.txt"};
    import::Wishes wishes{};
    std::chrono::milliseconds age{5'000};
    std::chrono::milliseconds patience{60'000};
    std::chrono::milliseconds poll_every{10'000};
    WatchBy watch{WatchBy::automatic};
    // For how long an agent that is there is waited for; nobody can set these.
    std::chrono::milliseconds carts_within{3'000};    // before a file is begun: whether it has the carts that its lines name
    std::chrono::milliseconds changes_within{1'000};  // so that the report can say what the agent would not have
};

}  // namespace stocktray::gateway
