// [[database]] of gateway.toml, read.
#pragma once
#include "agent/gateway/database/settings.h"
#include "agent/settings.h"
#include "core/result.h"

namespace stocktray::gateway::database {

// `invalid`: what is wrong, with its line. A password in the file is wrong: it is read by more people than one.
[[nodiscard]] Result<Settings> read_settings(const settings::File& file, const toml::table& table);

}  // namespace stocktray::gateway::database
