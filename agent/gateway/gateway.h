// All doors at work.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "agent/gateway/configuration.h"

namespace stocktray::gateway {

// The kinds of doors that this program was built with.
[[nodiscard]] std::vector<DoorKind> door_kinds();

struct Place {
    std::filesystem::path data_folder;
    std::string endpoint;
    std::string version;
};

// Opens every door and keeps them open until `wait_for_stop` returns, or one of them ends by an error, which is returned.
// `is_open` is called once all are at work.
[[nodiscard]] Result<void> keep_open(const Configuration& configuration, const Place& place,
                                     const std::function<void()>& is_open, const std::function<bool()>& wait_for_stop);

// What each door finds in its set-up, by the door's name; and whether the agent is there and lets us in.
struct Examined {
    std::string door;
    std::vector<Finding> findings;
};
[[nodiscard]] Result<std::vector<Examined>> examine(const Configuration& configuration, const Place& place);

}  // namespace stocktray::gateway
