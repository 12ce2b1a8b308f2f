#include "agent/gateway/database/handback.h"

#include "agent/gateway/database/handback_file.h"
#include "agent/gateway/database/handback_statement.h"

namespace stocktray::gateway::database {

std::unique_ptr<Handback> make_handback(const Settings& settings) {
    if (settings.handback.is_by_file()) return std::make_unique<HandbackByFile>(settings);
    if (settings.handback.is_by_statement()) return std::make_unique<HandbackByStatement>(settings);
    return nullptr;
}

}  // namespace stocktray::gateway::database
