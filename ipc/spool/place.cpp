#include "ipc/spool/place.h"

#include <fmt/format.h>

#include "ipc/user.h"

namespace stocktray::ipc {

namespace fs = std::filesystem;

fs::path default_spool() {
    if (const auto named = variable("STOCKTRAY_SPOOL"); !named.empty()) return named;
    return data_folder() / "spool.db";
}

Failure unwritable(const fs::path& file) {
    return fail(Code::storage, fmt::format("{} cannot be written: its disk is read-only, or this user may not write there.", file.string()));
}

}  // namespace stocktray::ipc
