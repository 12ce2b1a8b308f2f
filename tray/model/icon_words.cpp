#include "tray/model/tray_view.h"
#include "tray/model/words.h"

namespace stocktray::tray {

std::string icon_name(const Icon& icon) {
    const char* name = "away";
    switch (icon.state) {
        case IconState::equal:
            name = "equal";
            break;
        case IconState::working:
            name = "working";
            break;
        case IconState::paused:
            name = "paused";
            break;
        case IconState::off:
            name = "off";
            break;
        case IconState::slow:
            name = "slow";
            break;
        case IconState::late:
            name = "late";
            break;
        case IconState::decision:
            name = "decision";
            break;
        case IconState::away:
            name = "away";
            break;
        case IconState::other_version:
            name = "other-version";
            break;
    }
    const bool is_marked = icon.has_pause_mark && icon.state != IconState::paused &&
                           icon.state != IconState::off && icon.state != IconState::away &&
                           icon.state != IconState::other_version;
    return fmt::format("stocktray-{}{}", name, is_marked ? "-paused" : "");
}

std::string state_words(IconState state) {
    switch (state) {
        case IconState::equal:
            return tr("all equal");
        case IconState::working:
            return tr("working");
        case IconState::paused:
            return tr("paused");
        case IconState::off:
            return tr("off");
        case IconState::slow:
            return tr("slow");
        case IconState::late:
            return tr("late");
        case IconState::decision:
            return tr("needs you");
        case IconState::away:
            return tr("not reached");
        case IconState::other_version:
            return tr("another version");
    }
    return {};
}

}  // namespace stocktray::tray
