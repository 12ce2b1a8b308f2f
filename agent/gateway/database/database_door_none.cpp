#include "agent/gateway/database/database_door.h"

namespace stocktray::gateway::database {

Result<std::unique_ptr<Door>> make_database_door(const settings::File& file, const toml::table& table, const Surroundings&) {
    return file.wrong(table, "this stocktray-gateway was built without ODBC and cannot watch a database.");
}

}  // namespace stocktray::gateway::database
