// The language of all texts, wx's own included.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

// `language`: "de", "en", or empty for the desktop's. Once, before the first text.
void speak(const std::string& language, const std::filesystem::path& texts);

}  // namespace stocktray::tray
