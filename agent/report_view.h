// The proof that synchronization works: what happened in a time, counted.
#pragma once
#include "agent/desk.h"
#include "ipc/error.h"
#include "ipc/messages/report.h"

namespace stocktray::agent {

// Measured with 100,000 confirmed posts and as many changes in the time asked for: see the test
// `a report over 100,000 posts holds the agent up for a moment only`.
[[nodiscard]] ipc::Expected<ipc::report::GetResult> report(Desk& desk, const ipc::report::Get& request);

}  // namespace stocktray::agent
