#include "ipc/spool/place.h"

#include <fmt/format.h>

#include "ipc/path_text.h"
#include "ipc/user.h"

namespace stocktray::ipc {

namespace fs = std::filesystem;

fs::path default_spool() {
    if (const auto named = variable("STOCKTRAY_SPOOL"); !named.empty()) return path_of(named);
    return data_folder() / "spool.db";
}

// $STOCKTRAY_SPOOL is this program's, and perhaps not that of the shell where the command is typed.
std::string repair_command(const fs::path& spool) {
    constexpr std::string_view command = "stocktrayctl spool repair";
    if (spool == data_folder() / "spool.db") return std::string{command};
    return fmt::format("{} --file \"{}\"", command, text_of(spool));
}

Failure unwritable(const fs::path& file) {
    return fail(Code::storage, fmt::format("{} cannot be written: its disk is read-only, or this user may not write there.", text_of(file)));
}

}  // namespace stocktray::ipc
