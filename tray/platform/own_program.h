// This program itself, before it has windows.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

[[nodiscard]] std::filesystem::path own_program();

// Help, and why it cannot start: on the terminal; on Windows, where a program with windows has none, in a box.
void tell_at_start(const std::string& text, bool is_error);

}  // namespace stocktray::tray
