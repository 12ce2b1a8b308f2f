// What is worth telling a person, as it stands now: alerts that belong together are one incident, and what
// only follows from another one is hidden by it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tray/model/agent_mirror.h"
#include "tray/model/command.h"
#include "tray/model/present.h"

namespace stocktray::tray {

enum class Urgency { low, normal, critical };

// A notification: which cart, why, what to do, and the button that does it.
struct Notice {
    std::string key{};  // of its incident: another notice with it takes its place
    std::string title{};
    std::string body{};
    Command action{};  // none: no button
    std::string action_label{};
    Urgency urgency{Urgency::normal};

    bool operator==(const Notice&) const = default;
};

struct Incident {
    Notice notice{};
    bool needs_person{false};  // told at the start, too
    bool passes_quiet_hours{false};
    std::string end_title{};        // of the notice that it has ended; empty: that is not worth one
    bool is_hidden{false};          // it follows from another one
    bool is_held{false};            // as it was told: the agent is away for a moment, and nobody knows better
    std::int64_t visible_after{0};  // milliseconds it must last
};

[[nodiscard]] std::vector<Incident> incidents_of(const AgentMirror& mirror, const Desktop& desktop,
                                                 std::int64_t now);

}  // namespace stocktray::tray
