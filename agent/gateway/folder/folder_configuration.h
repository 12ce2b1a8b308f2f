// A [[folder]] table of gateway.toml.
#pragma once
#include "agent/gateway/folder/folder_settings.h"
#include "agent/settings.h"
#include "core/result.h"

namespace stocktray::gateway {

// `invalid`: what is wrong, with its line.
[[nodiscard]] Result<FolderSettings> read_folder(const settings::File& file, const toml::table& table);

}  // namespace stocktray::gateway
