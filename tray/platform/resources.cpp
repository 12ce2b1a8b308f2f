#include "tray/platform/resources.h"

#include "tray/platform/own_program.h"

namespace stocktray::tray {

Resources Resources::find() {
    Resources found;
    found.program = own_program();
    // bin/stocktray and share/ lie side by side, in a build tree and in every place it is installed to.
    const auto share = found.program.parent_path().parent_path() / "share";
    found.icons = share / "stocktray/icons";
    found.locale = share / "locale";
    found.guide = share / "stocktray/guide";
    return found;
}

}  // namespace stocktray::tray
