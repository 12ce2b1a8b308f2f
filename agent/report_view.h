// The proof that synchronization works: what happened in a time, counted.
#pragma once
#include "agent/desk.h"
#include "ipc/error.h"
#include "ipc/messages/report.h"

namespace stocktray::agent {

// 100,000 confirmed posts and as many changes take about 0.1 s, and it looks at no more than twice as many.
[[nodiscard]] ipc::Expected<ipc::report::GetResult> report(Desk& desk, const ipc::report::Get& request);

}  // namespace stocktray::agent
