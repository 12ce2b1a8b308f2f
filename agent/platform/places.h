// Where a program of this user keeps its files, by the system's custom.
#pragma once
#include <filesystem>

namespace stocktray::platform {

[[nodiscard]] std::filesystem::path data_home();    // what must not be lost
[[nodiscard]] std::filesystem::path config_home();  // what people write
[[nodiscard]] std::filesystem::path state_home();   // what can be lost, but is missed

}  // namespace stocktray::platform
