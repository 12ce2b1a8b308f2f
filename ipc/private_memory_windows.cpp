#include <windows.h>

#include "ipc/private_memory.h"

namespace stocktray::ipc {

void keep_memory_private() noexcept {
    // A crash ends the program, and no report with its memory is made, kept or sent. Windows keeps other users out of a
    // process; programs of the same user it does not.
    ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    ::SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_EXECUTE_HANDLER; });
}

}  // namespace stocktray::ipc
