// What a loop can wait for: a file descriptor, on Windows a socket.
#pragma once
#include <cstdint>

namespace stocktray::ipc {

#ifdef _WIN32
using Descriptor = std::uintptr_t;
#else
using Descriptor = int;
#endif

}  // namespace stocktray::ipc
