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

Failure unwritable(const fs::path& file) {
    return fail(Code::storage, fmt::format("{} cannot be written: its disk is read-only, or this user may not write there.", text_of(file)));
}

}  // namespace stocktray::ipc
