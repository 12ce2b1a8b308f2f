// The one place where an error of the rules becomes one of the wire.
#pragma once
#include "core/result.h"
#include "ipc/error.h"

namespace stocktray::agent {

[[nodiscard]] ipc::Error to_wire(const Error& error);

}  // namespace stocktray::agent
