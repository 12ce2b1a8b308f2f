#include "tests/support/random_killer.h"

extern "C" {
#include <sys/pidfd.h>  // in glibc 2.36 it does not say so itself
}
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <system_error>

namespace stocktray::tests {

namespace {

// SIGKILL has been sent long before a busy machine has taken a process apart; until then it looks as if it ran.
void wait_for_end(int process) {
    pollfd end{.fd = process, .events = POLLIN, .revents = 0};
    while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
    }
}

}  // namespace

RandomKiller::RandomKiller(std::uint64_t seed, std::chrono::milliseconds longest)
    : longest_{longest}, random_{seed}, thread_{[this](const std::stop_token& stop) { work(stop); }} {}

RandomKiller::~RandomKiller() {
    thread_.request_stop();
    thread_.join();
    let_go();
}

void RandomKiller::watch(pid_t process) {
    const std::lock_guard lock{mutex_};
    let_go();
    descriptor_ = ::pidfd_open(process, 0);
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
    // As likely between 1 and 2 ms as between 500 and 1,000.
    const double drawn = static_cast<double>(random_.below(1'000'000)) / 1'000'000;
    const double life_us = std::pow(static_cast<double>(longest_.count()), drawn) * 1'000;
    at_ = std::chrono::steady_clock::now() + std::chrono::microseconds{static_cast<std::int64_t>(life_us)};
    has_changed_.notify_all();
}

void RandomKiller::rest() {
    const std::lock_guard lock{mutex_};
    let_go();
}

int RandomKiller::kills() {
    const std::lock_guard lock{mutex_};
    return kills_;
}

void RandomKiller::let_go() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void RandomKiller::work(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        if (descriptor_ < 0) {
            has_changed_.wait(lock, stop, [this] { return descriptor_ >= 0; });
        } else if (std::chrono::steady_clock::now() < at_) {
            has_changed_.wait_until(lock, stop, at_, [this, set_for = at_] { return descriptor_ < 0 || at_ != set_for; });
        } else {
            if (::pidfd_send_signal(descriptor_, SIGKILL, nullptr, 0) == 0) ++kills_;
            wait_for_end(descriptor_);
            let_go();
        }
    }
}

}  // namespace stocktray::tests
