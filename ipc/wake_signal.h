// Wakes a thread that waits for descriptors.
#pragma once
#include "ipc/descriptor.h"

namespace stocktray::ipc {

class WakeSignal {
public:
    WakeSignal();
    ~WakeSignal();
    WakeSignal(const WakeSignal&) = delete;
    WakeSignal& operator=(const WakeSignal&) = delete;

    // To be watched for reading: it can be read from `set` on until `clear`.
    [[nodiscard]] Descriptor descriptor() const noexcept { return ear_; }

    // From any thread, and from a handler of signals.
    void set() noexcept;
    // True: it was set.
    bool clear() noexcept;

private:
    Descriptor ear_;
    Descriptor mouth_;
};

}  // namespace stocktray::ipc
