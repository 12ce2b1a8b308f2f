// An id that nobody else draws, for a change or a call.
#pragma once
#include <string>

namespace stocktray::tray {

// 32 hexadecimal digits.
[[nodiscard]] std::string random_id();

}  // namespace stocktray::tray
