#include "agent/ctl/command_line.h"
#include "agent/ctl/platform/console.h"
#include "ipc/private_memory.h"

int main(int count, char** arguments) {
    using namespace stocktray::ctl;
    stocktray::ipc::keep_memory_private();
    return static_cast<int>(run(begin_program(count, arguments), Terminal::of_this_process()));
}
