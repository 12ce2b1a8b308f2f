// What a button does, once its event is over. A screen reader's press is a call into the program: a question or a menu
// that opened within that call would hold it, and the next key would stop the whole program for ever.
#pragma once
#include <wx/button.h>

#include <functional>

namespace stocktray::tray {

// Not done if the button goes before; pressed again while it is being done, it does nothing.
void on_press(wxButton& button, std::function<void()> act);

}  // namespace stocktray::tray
