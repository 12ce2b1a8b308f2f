#include "ipc/client/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace stocktray::ipc {

void wait_readable(std::span<const int> descriptors, SteadyTime deadline) {
    std::vector<pollfd> waiting;
    for (const int descriptor : descriptors) waiting.push_back({descriptor, POLLIN, 0});
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        const auto timeout =
            static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
        const int found = ::poll(waiting.data(), waiting.size(), timeout);
        if (found > 0 || (found == 0 && std::chrono::steady_clock::now() >= deadline)) return;
        if (found < 0 && errno != EINTR) return;
    }
}

}  // namespace stocktray::ipc
