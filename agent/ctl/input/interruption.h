// Ctrl-C while something goes on elsewhere: taken as a word to us, in place of ending the program.
#pragma once
#include <chrono>
#include <span>

#include "ipc/wake_signal.h"

namespace stocktray::ctl {

// While it lives SIGINT does not end this process, whichever of its threads gets it. One at a time.
class Interruption {
public:
    Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption();

    // Waits until one of the descriptors can be read, Ctrl-C was pressed or `limit` has passed.
    void wait_readable(std::span<const ipc::Descriptor> descriptors, std::chrono::milliseconds limit);

    [[nodiscard]] bool was_pressed() const noexcept { return was_pressed_; }

private:
    void (*before_)(int);
    ipc::WakeSignal pressed_;
    bool was_pressed_{false};
};

}  // namespace stocktray::ctl
