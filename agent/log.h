// The agent's log: standard error (the service manager keeps it) and the last lines in memory for a bundle.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::agent {

void set_up_log(std::string_view level);
// The last lines, oldest first.
[[nodiscard]] std::string recent_log();

}  // namespace stocktray::agent
