// This computer as others on the network reach it.
#pragma once
#include <string>

namespace stocktray::platform {

// What a workstation can be given to find this computer: its name with .local where Avahi tells it to the network,
// so that it is found again under another address; else its first address beyond loopback; else its name. Asks no
// server, so that none is waited for.
[[nodiscard]] std::string reachable_name();

}  // namespace stocktray::platform
