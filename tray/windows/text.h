// From the model's UTF-8 to wx.
#pragma once
#include <wx/string.h>

#include <string_view>

namespace stocktray::tray {

[[nodiscard]] inline wxString wx(std::string_view text) {
    return wxString::FromUTF8(text.data(), text.size());
}
[[nodiscard]] inline std::string utf8(const wxString& text) {
    return text.utf8_string();
}

}  // namespace stocktray::tray
