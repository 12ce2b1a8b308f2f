// Wakes a thread that waits for descriptors.
#pragma once
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace stocktray::tray {

class WakeSignal {
public:
    WakeSignal() : descriptor_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}
    ~WakeSignal() { ::close(descriptor_); }
    WakeSignal(const WakeSignal&) = delete;
    WakeSignal& operator=(const WakeSignal&) = delete;

    // To be watched for reading.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    // From any thread.
    void set() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
    }
    void clear() noexcept {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof count);
    }

private:
    int descriptor_;
};

}  // namespace stocktray::tray
