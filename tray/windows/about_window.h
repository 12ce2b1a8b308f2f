// Which Stocktray this is, and which agent it talks to.
#pragma once

#include "tray/windows/details.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class AboutWindow final : public Window {
public:
    AboutWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;

private:
    Details* facts_{nullptr};
};

}  // namespace stocktray::tray
