// gateway.toml: which doors there are. What stands in a door's own table, the door reads.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway/door.h"
#include "agent/settings.h"
#include "core/result.h"

namespace stocktray::gateway {

struct Configuration {
    settings::File file;
    std::string endpoint;  // of the agent; empty: as a client of this user finds it
    std::string log_level{"info"};
};

// A kind of door, by the name of its table: [script], or [[folder]] where there may be several.
struct DoorKind {
    std::string_view table;
    MakeDoor make;
};

// $XDG_CONFIG_HOME/stocktray/gateway.toml
[[nodiscard]] std::filesystem::path default_gateway_file();
// $XDG_DATA_HOME/stocktray/gateway
[[nodiscard]] std::filesystem::path default_gateway_data();

// What is not of a door. Fails for a missing file, for what is no TOML, and for settings that nobody knows.
[[nodiscard]] Result<Configuration> read_gateway_file(const std::filesystem::path& file, const std::vector<DoorKind>& kinds);

// All doors of the file, in its order of kinds; `invalid` if one of them is described wrongly, or if there is none.
[[nodiscard]] Result<std::vector<std::unique_ptr<Door>>> make_doors(const Configuration& configuration,
                                                                    const std::vector<DoorKind>& kinds,
                                                                    const Surroundings& surroundings);

}  // namespace stocktray::gateway
