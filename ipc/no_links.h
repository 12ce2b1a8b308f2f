// Our files are not links: what is written through one ends up in a file that is not ours.
#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>

namespace stocktray::ipc {

// For whoever looks after this computer.
[[nodiscard]] inline std::string link_in_the_way(const std::filesystem::path& file) {
    return fmt::format("{} is a link, and what it leads to would be overwritten. Remove the link, or put the file itself in its place.", file.string());
}

// SQLite follows links, in the database's own name and in those of its logs. The sentence about the first that is there. Nobody
// else can write where our files lie, so that none comes in between.
[[nodiscard]] inline std::optional<std::string> link_at_database(const std::filesystem::path& file) {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
        const std::filesystem::path name = file.native() + std::filesystem::path{ending}.native();
        std::error_code ignored;
        if (std::filesystem::is_symlink(name, ignored)) return link_in_the_way(name);
    }
    return std::nullopt;
}

}  // namespace stocktray::ipc
