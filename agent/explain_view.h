// Why a count is what it is: both sides, the cause, and what happened to the SKU in time order.
#pragma once
#include "agent/desk.h"
#include "ipc/error.h"
#include "ipc/messages/takeover.h"

namespace stocktray::agent {

[[nodiscard]] ipc::Expected<ipc::qoh::ExplainResult> explain(Desk& desk, const ipc::qoh::Explain& request);

}  // namespace stocktray::agent
