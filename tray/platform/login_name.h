// Who sits here, for the history of what was done.
#pragma once
#include <string>

namespace stocktray::tray {

// Empty where the system does not say.
[[nodiscard]] std::string login_name();

}  // namespace stocktray::tray
