#include <csignal>

#include "agent/ctl/command_line.h"
#include "ipc/private_memory.h"

int main(int argc, char** argv) {
    using namespace stocktray::ctl;
    stocktray::ipc::keep_memory_private();
    std::signal(SIGPIPE, SIG_DFL);  // `stocktrayctl watch | head` ends quietly
    return static_cast<int>(run({argv + 1, argv + argc}, Terminal::of_this_process()));
}
