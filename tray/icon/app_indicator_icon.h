// StatusNotifier by libayatana-appindicator. Internal to tray/icon.
#pragma once
#include "tray/icon/tray_icon.h"

namespace stocktray::tray {

[[nodiscard]] std::unique_ptr<TrayIcon> make_app_indicator(const std::filesystem::path& icons);

}  // namespace stocktray::tray
