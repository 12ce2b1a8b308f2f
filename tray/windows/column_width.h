// How wide a column of a table is.
#pragma once
#include <wx/window.h>

#include <string_view>

namespace stocktray::tray {

// `width` in device-independent pixels, or what the title needs in the user's font; pixels of `table`'s screen.
[[nodiscard]] int column_width(const wxWindow& table, std::string_view title, int width);

}  // namespace stocktray::tray
