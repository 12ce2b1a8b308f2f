// How a computer's name or address stands in a tcp:// endpoint.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::ipc {

// Without brackets; with a zone (`fe80::1%eth0`) or without.
[[nodiscard]] bool is_ipv6_address(std::string_view text);

// An IPv6 address gets its brackets.
[[nodiscard]] std::string host_in_endpoint(std::string_view host);

// The endpoint's host is an IPv6 address: ZeroMQ looks only for IPv4 unless it is told. A name stands for its IPv4 address.
[[nodiscard]] bool is_ipv6(std::string_view endpoint);

}  // namespace stocktray::ipc
