// Where a person left each window, for each arrangement of monitors.
#pragma once
#include <wx/fileconf.h>
#include <wx/toplevel.h>

#include <string>

namespace stocktray::tray {

class Geometry {
public:
    explicit Geometry(wxFileConfig& config) : config_{config} {}

    // False where nothing is kept for these monitors, or it would lie outside them: the window stays as it
    // is.
    bool restore(wxTopLevelWindow& window, const std::string& name);
    void keep(const wxTopLevelWindow& window, const std::string& name);

private:
    wxFileConfig& config_;
};

}  // namespace stocktray::tray
