// A spool file that is damaged: what can be read goes on in a new file, the old one is kept beside it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "ipc/error.h"

namespace stocktray::ipc {

struct SpoolRepaired {
    std::int64_t kept{0};                 // entries that were read whole
    std::int64_t spoiled{0};              // that were found, but are not what was written
    bool has_gaps{false};                 // parts could not be read: nobody knows what stood there
    std::filesystem::path set_aside{};    // the old file; empty: it is not damaged, and nothing was done
    std::string text{};                   // the same as a sentence
};

// Nobody else may have it open (`conflict`). A file that is not damaged stays where it is: one that is whole, one of a
// newer version (`unsupported`), another program's (`invalid_params`), and one that this user cannot read or write
// (`storage`). `not_found`: there is none. Killed at any step it leaves a spool that can be opened: the old or
// the new one.
[[nodiscard]] Expected<SpoolRepaired> repair_spool(const std::filesystem::path& file);

// Takes up a repair that was interrupted between its last two steps. Needs the guard, alone. `storage`: what was read
// cannot be put in its place; nothing may be put there before it is.
[[nodiscard]] Expected<void> finish_repair(const std::filesystem::path& file);

// The old file is out of the way, and the new one not in its place yet.
[[nodiscard]] bool is_between_renamings(const std::filesystem::path& file);

}  // namespace stocktray::ipc
