#include "tray/windows/press.h"

#include <memory>
#include <utility>

namespace stocktray::tray {

void on_press(wxButton& button, std::function<void()> act) {
    const auto is_pressed = std::make_shared<bool>(false);
    button.Bind(wxEVT_BUTTON, [&button, is_pressed, act = std::move(act)](wxCommandEvent&) {
        if (std::exchange(*is_pressed, true)) return;
        button.CallAfter([is_pressed, act] {
            act();
            *is_pressed = false;
        });
    });
}

}  // namespace stocktray::tray
