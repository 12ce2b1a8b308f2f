#include "agent/ctl/input/interruption.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace stocktray::ctl {

Interruption::Interruption() {
    sigset_t interrupt;
    ::sigemptyset(&interrupt);
    ::sigaddset(&interrupt, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
    descriptor_ = ::signalfd(-1, &interrupt, SFD_NONBLOCK | SFD_CLOEXEC);
}

Interruption::~Interruption() {
    // What was pressed and not read yet would end the program as soon as it is let through.
    signalfd_siginfo pressed{};
    while (::read(descriptor_, &pressed, sizeof pressed) == sizeof pressed) {
    }
    ::close(descriptor_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interruption::wait_readable(std::span<const int> descriptors, std::chrono::milliseconds limit) {
    std::vector<pollfd> waiting{{descriptor_, POLLIN, 0}};
    for (const int descriptor : descriptors) waiting.push_back({descriptor, POLLIN, 0});
    const auto timeout =
        static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(limit.count(), 0, 60'000));
    (void)::poll(waiting.data(), waiting.size(), timeout);
    signalfd_siginfo pressed{};
    if (::read(descriptor_, &pressed, sizeof pressed) == sizeof pressed) was_pressed_ = true;
}

}  // namespace stocktray::ctl
