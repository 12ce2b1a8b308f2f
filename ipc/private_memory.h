// What this process knows stays in it, however it ends.
#pragma once

namespace stocktray::ipc {

// From now on a crash leaves no core dump, and no other process of the same user may look into this one: its memory holds
// passwords and keys. Programs that this one starts have no core dumps either. First thing in `main`, for whole programs: a
// library must not decide it for its host.
void keep_memory_private() noexcept;

}  // namespace stocktray::ipc
