// Starts the programs that work in the background for this user.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

// Whether agent and gateway exist for this system at all; else it uses the agent of another computer.
[[nodiscard]] bool can_run_agent() noexcept;

// Where it does not run: by its systemd unit where there is one and the endpoint is the default, else the program
// beside this one (`programs`) or on the PATH. Returns at once; empty, or why it cannot be started.
[[nodiscard]] std::string start_agent(const std::filesystem::path& programs, const std::string& endpoint);

// The same for the gateway, which begins anew with its changed configuration if it runs by its unit, and comes back
// with the next login then.
[[nodiscard]] std::string start_gateway(const std::filesystem::path& programs, const std::string& endpoint);

}  // namespace stocktray::tray
