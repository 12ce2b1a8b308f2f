#include "ipc/host.h"

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

#include <fmt/format.h>

namespace stocktray::ipc {

bool is_ipv6_address(std::string_view text) {
    in6_addr ignored{};
    const std::string without_zone{text.substr(0, text.find('%'))};
    return ::inet_pton(AF_INET6, without_zone.c_str(), &ignored) == 1;
}

std::string host_in_endpoint(std::string_view host) { return is_ipv6_address(host) ? fmt::format("[{}]", host) : std::string{host}; }

bool is_ipv6(std::string_view endpoint) { return endpoint.starts_with("tcp://["); }

}  // namespace stocktray::ipc
