// What the agent tells of itself: figures for a monitor, a bundle for support.
#pragma once
#include <string>

#include "agent/desk.h"
#include "core/result.h"

namespace stocktray::agent {

// Prometheus text format.
[[nodiscard]] std::string metrics(Desk& desk);
// A folder of text files beside the database: state, settings, recent history, the log's last lines, the
// database's own check. Passwords and customer data are left out. Returns its path.
[[nodiscard]] Result<std::string> write_bundle(Desk& desk);

}  // namespace stocktray::agent
