#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <filesystem>
#include <memory>

#include "agent/platform/network.h"
#include "ipc/whoami.h"

namespace stocktray::platform {
namespace {

std::string first_address() {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{all, ::freeifaddrs};
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
        if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0) continue;
        std::array<char, INET_ADDRSTRLEN> text{};
        const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
        if (::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr) return text.data();
    }
    return {};
}

}  // namespace

std::string reachable_name() {
    const auto name = ipc::host_name();
    std::error_code none;
    if (!name.empty() && std::filesystem::exists("/run/avahi-daemon/socket", none)) return name.substr(0, name.find('.')) + ".local";
    auto address = first_address();
    return address.empty() ? name : address;
}

}  // namespace stocktray::platform
