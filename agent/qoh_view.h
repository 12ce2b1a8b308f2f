// Both sides of each SKU, as qoh.list shows them.
#pragma once
#include "agent/desk.h"
#include "ipc/error.h"
#include "ipc/messages/qoh.h"

namespace stocktray::agent {

[[nodiscard]] ipc::Expected<ipc::qoh::ListResult> list_qoh(Desk& desk, const ipc::qoh::List& request);

}  // namespace stocktray::agent
