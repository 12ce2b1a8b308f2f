// What the tray keeps for this person: where windows lie, and how it behaves here. Nothing about stock.
#pragma once
#include <wx/fileconf.h>

#include <filesystem>
#include <string>

#include "tray/model/notification_policy.h"

namespace stocktray::tray {

class OwnSettings {
public:
    // `file` is made when the first thing is kept.
    explicit OwnSettings(const std::filesystem::path& file);

    [[nodiscard]] Notifications notifications() const;
    void set_notifications(Notifications notifications);

    // "de", "en"; empty: as the desktop is. Heeded at the next start.
    [[nodiscard]] std::string language() const;
    void set_language(const std::string& language);

    // For what has a class of its own (windows/geometry.h).
    [[nodiscard]] wxFileConfig& file() noexcept { return config_; }

private:
    wxFileConfig config_;
};

}  // namespace stocktray::tray
