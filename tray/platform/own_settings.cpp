#include "tray/platform/own_settings.h"

#include "ipc/path_text.h"
#include "ipc/private_file.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

OwnSettings::OwnSettings(const std::filesystem::path& file)
    : config_{"stocktray", "", wx(ipc::text_of(file)), "", wxCONFIG_USE_LOCAL_FILE} {
    config_.SetUmask(0077);
    // The agent's configuration lies in this folder, too: whoever else could write here could name it another authority.
    ipc::make_private_folder(file.parent_path());
}

Notifications OwnSettings::notifications() const {
    return config_.ReadBool("/notifications", true) ? Notifications::on : Notifications::off;
}

void OwnSettings::set_notifications(Notifications notifications) {
    config_.Write("/notifications", notifications == Notifications::on);
    config_.Flush();
}

std::string OwnSettings::language() const {
    return utf8(config_.Read("/language", ""));
}

void OwnSettings::set_language(const std::string& language) {
    config_.Write("/language", wx(language));
    config_.Flush();
}

}  // namespace stocktray::tray
