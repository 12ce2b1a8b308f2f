// The watched folder as a door of the gateway.
#pragma once
#include "agent/gateway/door.h"

namespace stocktray::gateway {

// For a [[folder]] table.
[[nodiscard]] Result<std::unique_ptr<Door>> make_folder_door(const settings::File& file, const toml::table& table,
                                                             const Surroundings& surroundings);

}  // namespace stocktray::gateway
