// Users and groups of this machine, by name.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace stocktray::platform {

struct User {
    std::string name;                 // empty: the system does not know it
    std::vector<std::string> groups;  // all of them
};

// Asks the system's user database, which may be a server elsewhere: not for each request.
[[nodiscard]] User user_of(std::uint32_t id);

// The user that this process runs as.
[[nodiscard]] std::uint32_t own_user_id();

}  // namespace stocktray::platform
