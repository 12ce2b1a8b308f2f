// What a window is given: references to what the app owns. All of it outlives every window.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tray/link/link.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/command.h"
#include "tray/model/trial.h"
#include "tray/model/tray_view.h"
#include "tray/platform/autostart.h"
#include "tray/platform/own_settings.h"
#include "tray/windows/geometry.h"

namespace stocktray::tray {

struct Context {
    Link& link;                 // link.converse() for questions and news of one's own
    const AgentMirror& mirror;  // what is known now
    const TrayView& view;       // what is shown of it now
    Geometry& geometry;
    OwnSettings& settings;
    const Autostart& autostart;
    Trial& trial;
    std::function<void(const Command&)> run;  // does what the menu would do, a moment later
    std::function<bool()> has_tray;           // false: a closed window could not be found again
    std::function<std::int64_t()> now;        // milliseconds since 1970
    std::filesystem::path icons;              // the folder that holds hicolor/
    std::filesystem::path programs;           // the folder that holds ours
    std::string endpoint;                     // that this program was started with; empty: none
    std::function<std::string()> start_gateway;  // empty: it starts; else why not
};

}  // namespace stocktray::tray
