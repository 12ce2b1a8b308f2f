#include "ipc/client/wait.h"

#include <algorithm>
#include <cerrno>
#include <vector>
#include <zmq.h>

namespace stocktray::ipc {

void wait_readable(std::span<const Descriptor> descriptors, SteadyTime deadline) {
    // ZeroMQ's own waits for plain descriptors, too, and does so on every system.
    std::vector<zmq_pollitem_t> waiting;
    for (const auto descriptor : descriptors) waiting.push_back({nullptr, descriptor, ZMQ_POLLIN, 0});
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        const auto timeout =
            static_cast<long>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 3'600'000));
        const int found = zmq_poll(waiting.data(), static_cast<int>(waiting.size()), timeout);
        if (found > 0 || (found == 0 && std::chrono::steady_clock::now() >= deadline)) return;
        if (found < 0 && zmq_errno() != EINTR) return;
    }
}

}  // namespace stocktray::ipc
