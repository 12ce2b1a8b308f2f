// A store's counts as the Order Manager would take them, as qoh.at_store shows them.
#pragma once
#include "agent/desk.h"
#include "ipc/error.h"
#include "ipc/messages/at_store.h"

namespace stocktray::agent {

[[nodiscard]] ipc::Expected<ipc::qoh::AtStoreResult> list_at_store(Desk& desk, const ipc::qoh::AtStore& request);

}  // namespace stocktray::agent
