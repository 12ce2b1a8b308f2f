#include "tray/windows/geometry.h"

#include <wx/display.h>

#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

wxString key(const std::string& name) {
    wxString monitors;
    for (unsigned i = 0; i < wxDisplay::GetCount(); ++i) {
        const wxRect at = wxDisplay{i}.GetGeometry();
        monitors << wxString::Format("%dx%d+%d+%d ", at.width, at.height, at.x, at.y);
    }
    return "/windows/" + wx(name) + "/" + monitors.Trim() + "/";
}

}  // namespace

bool Geometry::restore(wxTopLevelWindow& window, const std::string& name) {
    const wxString at = key(name);
    const wxRect place{static_cast<int>(config_.ReadLong(at + "x", 0)),
                       static_cast<int>(config_.ReadLong(at + "y", 0)),
                       static_cast<int>(config_.ReadLong(at + "width", 0)),
                       static_cast<int>(config_.ReadLong(at + "height", 0))};
    if (place.width <= 0 || wxDisplay::GetFromPoint(place.GetPosition() + wxPoint{40, 10}) == wxNOT_FOUND)
        return false;
    window.SetSize(place);
    if (config_.ReadBool(at + "maximized", false)) window.Maximize();
    return true;
}

void Geometry::keep(const wxTopLevelWindow& window, const std::string& name) {
    if (window.IsIconized()) return;
    const wxString at = key(name);
    config_.Write(at + "maximized", window.IsMaximized());
    if (!window.IsMaximized()) {
        const wxRect place = window.GetRect();
        config_.Write(at + "x", place.x);
        config_.Write(at + "y", place.y);
        config_.Write(at + "width", place.width);
        config_.Write(at + "height", place.height);
    }
    config_.Flush();
}

}  // namespace stocktray::tray
