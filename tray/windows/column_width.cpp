#include "tray/windows/column_width.h"

#include <wx/font.h>

#include <algorithm>

#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int beside_title = 18;  // left and right of it

}  // namespace

int column_width(const wxWindow& table, std::string_view title, int width) {
    const wxFont bold = table.GetFont().Bold();  // as some themes write it
    int wide = 0;
    int high = 0;
    table.GetTextExtent(wx(title), &wide, &high, nullptr, nullptr, &bold);
    return std::max(table.FromDIP(width), wide + table.FromDIP(beside_title));
}

}  // namespace stocktray::tray
