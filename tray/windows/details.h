// Sentences that can be selected and copied: read only, with room around them, named for screen readers.
#pragma once
#include <wx/textctrl.h>

#include <string>

namespace stocktray::tray {

class Details final : public wxTextCtrl {
public:
    // `least` in device-independent pixels; -1 leaves a direction to the window.
    Details(wxWindow* parent, const std::string& name, wxSize least);
};

}  // namespace stocktray::tray
