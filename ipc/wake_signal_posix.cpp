#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "ipc/wake_signal.h"

namespace stocktray::ipc {

WakeSignal::WakeSignal() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    ear_ = ends[0];
    mouth_ = ends[1];
}

WakeSignal::~WakeSignal() {
    ::close(ear_);
    ::close(mouth_);
}

void WakeSignal::set() noexcept {
    const int before = errno;  // of whom a signal has disturbed
    // A full pipe wakes as well.
    [[maybe_unused]] const auto written = ::write(mouth_, "!", 1);
    errno = before;
}

bool WakeSignal::clear() noexcept {
    std::array<char, 64> heard{};
    bool was_set = false;
    while (::read(ear_, heard.data(), heard.size()) > 0) was_set = true;
    return was_set;
}

}  // namespace stocktray::ipc
