// Which Stocktray this is, and which agent it talks to.
#pragma once
#include <wx/textctrl.h>

#include "tray/windows/window.h"

namespace stocktray::tray {

class AboutWindow final : public Window {
public:
    AboutWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;

private:
    wxTextCtrl* facts_{nullptr};
};

}  // namespace stocktray::tray
