#include "ipc/endpoint.h"
#include "ipc/user.h"

namespace stocktray::ipc {

Surroundings Surroundings::of_this_process() {
    return {.endpoint = variable("STOCKTRAY_ENDPOINT"), .runtime_dir = variable("XDG_RUNTIME_DIR"), .home = variable("HOME")};
}

}  // namespace stocktray::ipc
