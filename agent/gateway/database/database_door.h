// A watched database as a door of the gateway: [[database]] in gateway.toml.
#pragma once
#include "agent/gateway/door.h"

namespace stocktray::gateway::database {

[[nodiscard]] Result<std::unique_ptr<Door>> make_database_door(const settings::File& file, const toml::table& table,
                                                               const Surroundings& surroundings);

}  // namespace stocktray::gateway::database
