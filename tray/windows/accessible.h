// What a screen reader calls a control. wx sets none by itself where a label stands beside it.
#pragma once
#include <wx/stattext.h>
#include <wx/window.h>

#include <string>

namespace stocktray::tray {

// Also names the window for tests: the name is what AT-SPI shows.
void name_control(wxWindow& control, const std::string& name);

// `label` names `control`; its access key leads there.
void label_control(wxStaticText& label, wxWindow& control);

}  // namespace stocktray::tray
