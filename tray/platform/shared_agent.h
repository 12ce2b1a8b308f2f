// Whose agent this computer uses.
#pragma once
#include <string>

namespace stocktray::tray {

// The name of the computer whose shared agent is used with this endpoint (empty: the usual one), else its address;
// empty: this computer's own agent.
[[nodiscard]] std::string computer_of_shared_agent(const std::string& endpoint);

}  // namespace stocktray::tray
