// What the user of this computer may do with the agent, and why not, in a sentence. The agent decides; this only
// spares people its refusals. Pure.
#pragma once
#include <string>

#include "tray/model/agent_mirror.h"

namespace stocktray::tray {

// It answers, but not to this computer.
[[nodiscard]] bool is_refused(const AgentMirror& mirror);

// Why nothing can be done with the agent now; empty: it is there.
[[nodiscard]] std::string why_away(const AgentMirror& mirror);

// Why this user may not do what takes this role; empty: they may.
[[nodiscard]] std::string why_not(const AgentMirror& mirror, ipc::Role least);
// The same of what can be barred alone.
[[nodiscard]] std::string why_not_send_qoh(const AgentMirror& mirror);
[[nodiscard]] std::string why_not_cancel(const AgentMirror& mirror);

[[nodiscard]] bool is_barred(const AgentMirror& mirror, ipc::Bar bar);

}  // namespace stocktray::tray
