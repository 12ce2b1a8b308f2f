// What is shown of the mirror: pure. Times stand in it as moments, not as ages that would have to tick; only the day
// makes some of them read otherwise.
#pragma once
#include <set>

#include "tray/model/agent_mirror.h"
#include "tray/model/tray_view.h"

namespace stocktray::tray {

// What the program around it can do.
struct Desktop {
    std::set<CommandId>
        windows{};  // the windows that there are; the menu says of others that they are missing
    bool can_start_agent{true};  // of this computer, and it uses that one
    std::string agents_computer{};  // the name of the computer whose shared agent it uses; empty: its own
    bool has_guide{true};
};

[[nodiscard]] TrayView present(const AgentMirror& mirror, std::int64_t now, const Desktop& desktop);

// Its parts; each is a function of the same values.
[[nodiscard]] IconState state_of(const AgentMirror& mirror, const MirroredCart& cart);
[[nodiscard]] std::string words_of(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now);
[[nodiscard]] std::vector<Problem> problems_of(const AgentMirror& mirror, const Desktop& desktop,
                                               std::int64_t now);
[[nodiscard]] Menu menu_of(const AgentMirror& mirror, const TrayView& view, const Desktop& desktop,
                           std::int64_t now);

// What is wrong with an agent that is lost: since when, or that it refuses this computer.
[[nodiscard]] std::string lost_words(const AgentMirror& mirror, std::int64_t now);
// What can be done about one that is not reached.
[[nodiscard]] std::string lost_hint(const Desktop& desktop);

// True for alerts that end only when a person does something.
[[nodiscard]] bool needs_person(const ipc::alerts::Alert& alert);

}  // namespace stocktray::tray
