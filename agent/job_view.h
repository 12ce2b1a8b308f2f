// Jobs as clients see them.
#pragma once
#include "core/controller.h"
#include "ipc/messages/jobs.h"

namespace stocktray::agent {

[[nodiscard]] ipc::jobs::Job view_of(Controller& controller, const jobs::Job& job, Now now);
[[nodiscard]] ipc::jobs::ResultItem view_of(const jobs::JobItem& item);

}  // namespace stocktray::agent
