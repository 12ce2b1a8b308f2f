// A workstation's clock that is not the agent's: what people must know of it. By a change's time the agent tells whether a
// snapshot has it already, and a clock that goes wrong makes that wrong.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "ipc/messages/alerts.h"

namespace stocktray::ipc {

// `ours` and `agents`: the same moment by both clocks, in milliseconds since 1970. None: they differ by no more than the
// agent allows for.
[[nodiscard]] std::optional<alerts::Told> clock_notice(std::int64_t ours, std::int64_t agents, std::string_view workstation);

}  // namespace stocktray::ipc
