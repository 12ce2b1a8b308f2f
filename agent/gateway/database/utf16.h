// UTF-8 and the UTF-16 of ODBC's wide functions, which alone do not depend on a locale.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::gateway::database {

// What is no UTF-8, or a lone surrogate, becomes U+FFFD.
[[nodiscard]] std::u16string to_utf16(std::string_view text);
[[nodiscard]] std::string to_utf8(std::u16string_view text);

}  // namespace stocktray::gateway::database
