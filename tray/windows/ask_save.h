// What becomes of what was typed and not saved, before it is left.
#pragma once
#include <wx/window.h>

#include <string>

namespace stocktray::tray {

enum class Unsaved { save, lose, stay };

[[nodiscard]] Unsaved ask_save(wxWindow& parent, const std::string& question);

}  // namespace stocktray::tray
