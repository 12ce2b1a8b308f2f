// Where the guide is in the person's language. Made at build time from tray/resources/guide.
#pragma once
#include <string>

#include "tray/platform/resources.h"

namespace stocktray::tray {

// The address of a section's page, for a browser; of the whole guide where there is no such section. Empty:
// the guide was not installed.
[[nodiscard]] std::string guide_page(const Resources& resources, const std::string& section);

}  // namespace stocktray::tray
