#include "agent/ctl/input/interruption.h"

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "ipc/client/wait.h"

namespace stocktray::ctl {
namespace {

// A handler, not a blocked signal: the threads that libraries have started need not block it.
std::atomic<ipc::WakeSignal*> told{nullptr};
static_assert(std::atomic<ipc::WakeSignal*>::is_always_lock_free);

void tell(int) {
    std::signal(SIGINT, &tell);  // some systems forget the handler with each signal
    if (auto* signal = told.load()) signal->set();
}

// A terminal throws away what is written while it takes the Ctrl-C in.
constexpr std::chrono::milliseconds until_terminal_listens{50};

}  // namespace

Interruption::Interruption() {
    told = &pressed_;
    before_ = std::signal(SIGINT, &tell);
}

Interruption::~Interruption() {
    std::signal(SIGINT, before_);
    told = nullptr;
}

void Interruption::wait_readable(std::span<const ipc::Descriptor> descriptors, std::chrono::milliseconds limit) {
    std::vector<ipc::Descriptor> waiting{descriptors.begin(), descriptors.end()};
    waiting.push_back(pressed_.descriptor());
    ipc::wait_readable(waiting, std::chrono::steady_clock::now() + limit);
    if (!pressed_.clear()) return;
    was_pressed_ = true;
    std::this_thread::sleep_for(until_terminal_listens);
}

}  // namespace stocktray::ctl
