// What each kind of alert is called in a line, and the button that helps.
#pragma once
#include <string>
#include <utility>

#include "ipc/messages/alerts.h"
#include "tray/model/command.h"
#include "tray/model/present.h"

namespace stocktray::tray {

// "A decision is needed."
[[nodiscard]] std::string alert_title(ipc::AlertKind kind);

// What a click should do, and its label with an access key; `none` and an empty label where nothing helps.
[[nodiscard]] std::pair<Command, std::string> action_of(const ipc::alerts::Alert& alert);

// The same where this user may do it and this program has it; else `none`, and an empty label.
[[nodiscard]] std::pair<Command, std::string> offered_action(const ipc::alerts::Alert& alert, const AgentMirror& mirror,
                                                             const Desktop& desktop);

// False for what is not there: a window, the guide, an agent to be started.
[[nodiscard]] bool is_possible(CommandId id, const Desktop& desktop);

}  // namespace stocktray::tray
