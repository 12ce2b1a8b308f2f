// How everything stands, in one exit code.
#pragma once
#include <vector>

#include "agent/ctl/exit_code.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"

namespace stocktray::ctl {

// Does this cart, this alert, wait for somebody to do something?
[[nodiscard]] bool needs_person(const ipc::agent::CartStatus& cart);
[[nodiscard]] bool needs_person(const ipc::alerts::Alert& alert);

// `good`, `behind` or `person_needed`.
[[nodiscard]] ExitCode verdict(const ipc::agent::StatusResult& status,
                               const std::vector<ipc::alerts::Alert>& alerts);

}  // namespace stocktray::ctl
