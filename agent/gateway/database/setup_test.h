// A look at a [[database]] before it is used: what is wrong, in words, and what to do. Changes nothing but, for a moment and
// rolled back, the cursor of Get QOH where that is handed back by a statement.
#pragma once
#include <vector>

#include "agent/gateway/database/settings.h"
#include "agent/gateway/door.h"

namespace stocktray::gateway::database {

[[nodiscard]] std::vector<Finding> test_set_up(const Settings& settings);

}  // namespace stocktray::gateway::database
