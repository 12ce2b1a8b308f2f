#ifdef __linux__
#include <sys/prctl.h>
#else
#include <sys/types.h>
#include <sys/ptrace.h>
#endif
#include <sys/resource.h>

#include "ipc/private_memory.h"

namespace stocktray::ipc {

void keep_memory_private() noexcept {
    // Neither can fail with these values. The first alone would do on Linux; the limit is what a person finds in
    // /proc, and what children keep.
#ifdef __linux__
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
    (void)::ptrace(PT_DENY_ATTACH, 0, nullptr, 0);
#endif
    constexpr rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace stocktray::ipc
