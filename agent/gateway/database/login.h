// How a watch logs in: the password comes from where the settings say, never from gateway.toml.
#pragma once
#include <string>

#include "agent/gateway/database/settings.h"
#include "core/result.h"

namespace stocktray::gateway::database {

// The connection string with its password, from where the settings say; `secret` is the password alone.
struct Login {
    std::string string{};
    std::string secret{};
};
[[nodiscard]] Result<Login> login_of(const Settings& settings);

}  // namespace stocktray::gateway::database
