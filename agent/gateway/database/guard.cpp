#include "agent/gateway/database/guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::gateway::database {

std::optional<std::string> question_about(const Weighed& weighed, const GuardLimits& limits,
                                          const std::optional<Weighed>& allowed) {
    const std::int64_t most = std::max(limits.at_least, weighed.known * limits.percent / 100);
    const std::int64_t changed = weighed.changed - (allowed ? allowed->changed : 0);
    const std::int64_t missing = weighed.missing - (allowed ? allowed->missing : 0);
    // However few there were: a table that is empty for a moment is no stocktaking.
    if (weighed.rows == 0 && weighed.known > 0 && missing > 0)
        return fmt::format("The query answers no row; {} SKUs were there before.", weighed.known);
    if (missing > most)
        return fmt::format("{} of {} SKUs are missing from the query's answer.", weighed.missing, weighed.known);
    if (changed > most)
        return fmt::format("{} of {} counts have changed at once.", weighed.changed, weighed.known);
    return std::nullopt;
}

}  // namespace stocktray::gateway::database
