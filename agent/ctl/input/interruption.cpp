#include "agent/ctl/input/interruption.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <vector>

namespace stocktray::ctl {
namespace {

// A handler, not a blocked signal: the threads that libraries have started need not block it.
std::atomic<int> told{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void tell(int) {
    const int before = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(told.load(), &one, sizeof one);
    errno = before;
}

// A terminal throws away what is written while it takes the Ctrl-C in.
constexpr int until_terminal_listens_ms = 50;

}  // namespace

Interruption::Interruption() : descriptor_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    told = descriptor_;
    struct sigaction action {};
    action.sa_handler = &tell;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, &before_);
}

Interruption::~Interruption() {
    ::sigaction(SIGINT, &before_, nullptr);
    told = -1;
    ::close(descriptor_);
}

void Interruption::wait_readable(std::span<const int> descriptors, std::chrono::milliseconds limit) {
    std::vector<pollfd> waiting{{descriptor_, POLLIN, 0}};
    for (const int descriptor : descriptors) waiting.push_back({descriptor, POLLIN, 0});
    const auto timeout =
        static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(limit.count(), 0, 60'000));
    (void)::poll(waiting.data(), waiting.size(), timeout);
    std::uint64_t pressed = 0;
    if (::read(descriptor_, &pressed, sizeof pressed) != sizeof pressed) return;
    was_pressed_ = true;
    (void)::poll(nullptr, 0, until_terminal_listens_ms);
}

}  // namespace stocktray::ctl
