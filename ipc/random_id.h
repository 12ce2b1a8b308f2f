// Ids that nobody else draws.
#pragma once
#include <string>

namespace stocktray::ipc {

// 128 bits of the system's randomness as 32 hexadecimal digits.
[[nodiscard]] std::string random_id();

}  // namespace stocktray::ipc
