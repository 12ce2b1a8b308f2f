// Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace stocktray::ipc {

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

// The same where it is UTF-8; each byte that belongs to no sign becomes '?'.
[[nodiscard]] std::string as_utf8(std::string_view bytes);

// Its beginning of at most `most` bytes, not cut within a sign.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t most) noexcept;

}  // namespace stocktray::ipc
