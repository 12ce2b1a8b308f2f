// This user's surroundings, in UTF-8 on every system.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::ipc {

// A variable of the environment; empty: it is not set.
[[nodiscard]] std::string variable(const char* name);

// Where this user's programs of Stocktray keep what people set up, and what must not be lost. May not exist yet.
[[nodiscard]] std::filesystem::path config_folder();
[[nodiscard]] std::filesystem::path data_folder();

}  // namespace stocktray::ipc
