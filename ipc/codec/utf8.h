// Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <string_view>

namespace stocktray::ipc {

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

}  // namespace stocktray::ipc
