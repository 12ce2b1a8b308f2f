// The door for an Order Manager that posts to a store's import script: only the Script URL is changed there.
#pragma once
#include "agent/gateway/door.h"

namespace stocktray::gateway {

[[nodiscard]] Result<std::unique_ptr<Door>> make_script_door(const settings::File& file, const toml::table& table,
                                                             const Surroundings& surroundings);

}  // namespace stocktray::gateway
