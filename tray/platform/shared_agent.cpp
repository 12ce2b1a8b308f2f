#include "tray/platform/shared_agent.h"

#include "ipc/client/route.h"
#include "ipc/keys/profile.h"

namespace stocktray::tray {

std::string computer_of_shared_agent(const std::string& endpoint) {
    const auto route = ipc::route_to(endpoint);
    if (!route || !route->keys) return {};
    const auto profile = ipc::read_profile(ipc::default_profile());
    if (profile && *profile && !(*profile)->agent_name.empty()) return (*profile)->agent_name;
    const auto& address = route->endpoints.requests;
    return address.substr(address.rfind('/') + 1);
}

}  // namespace stocktray::tray
