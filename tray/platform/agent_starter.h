// Starts the agent for this user where it does not run.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

// By its systemd unit where there is one and the endpoint is the default, else the program beside this one
// (`programs`) or on the PATH. Returns at once; empty, or why it cannot be started.
[[nodiscard]] std::string start_agent(const std::filesystem::path& programs, const std::string& endpoint);

}  // namespace stocktray::tray
