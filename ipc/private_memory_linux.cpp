#include <sys/prctl.h>
#include <sys/resource.h>

#include "ipc/private_memory.h"

namespace stocktray::ipc {

void keep_memory_private() noexcept {
    // Neither can fail with these values. The first alone would do on this system; the limit is what a person finds in
    // /proc, and what children keep.
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    constexpr rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace stocktray::ipc
