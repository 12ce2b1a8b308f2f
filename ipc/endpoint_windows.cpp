#include "ipc/endpoint.h"
#include "ipc/user.h"

namespace stocktray::ipc {

Surroundings Surroundings::of_this_process() {
    return {.endpoint = variable("STOCKTRAY_ENDPOINT"),
            .runtime_dir = {},
            .home = variable("USERPROFILE"),
            .loopback = "tcp://127.0.0.1:5770",
            .can_have_agent = false};
}

}  // namespace stocktray::ipc
