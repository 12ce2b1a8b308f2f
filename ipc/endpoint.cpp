#include "ipc/endpoint.h"

#include <fmt/format.h>
#include <charconv>
#include <optional>

#include "ipc/host.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view tcp_scheme = "tcp://";
constexpr std::size_t longest_path = 107;  // sun_path has 108 bytes, one of them ends the text

std::string_view ipc_path(std::string_view endpoint) {
    return endpoint.starts_with(ipc_scheme) ? endpoint.substr(ipc_scheme.size()) : std::string_view{};
}

std::string events_path(const fs::path& path) {
    const std::string name = path.filename().string();
    return (path.parent_path() / (name == "rpc.sock" ? "events.sock" : name + ".events")).string();
}

Expected<Endpoints> ipc_endpoints(std::string_view path) {
    if (!path.starts_with('/') || path.ends_with('/'))
        return fail(Code::invalid_params,
                    fmt::format("An ipc:// endpoint needs the absolute path of a socket, not '{}'.", path));
    const std::string events = events_path(path);
    const std::size_t longest = std::max(path.size(), events.size());
    if (longest > longest_path)
        return fail(
            Code::invalid_params,
            fmt::format("The socket's path is too long: '{}' has {} bytes, a local socket takes at most "
                        "{}. Choose a shorter folder with --endpoint or STOCKTRAY_ENDPOINT.",
                        path.size() == longest ? path : events, longest, longest_path));
    return Endpoints{fmt::format("{}{}", ipc_scheme, path), fmt::format("{}{}", ipc_scheme, events)};
}

// Host and port of `host:port`; the port is 0 where there is no good one.
std::pair<std::string_view, int> split(std::string_view address) {
    const auto colon = address.rfind(':');
    int port = 0;
    if (colon != address.npos) {
        const char* end = address.data() + address.size();
        const auto parsed = std::from_chars(address.data() + colon + 1, end, port);
        if (parsed.ec != std::errc{} || parsed.ptr != end) port = 0;
    }
    return {address.substr(0, colon), port};
}

Expected<Endpoints> tcp_endpoints(std::string_view address) {
    const auto [host, port] = split(address);
    if (port < 1 || port > 65'534)
        return fail(
            Code::invalid_params,
            fmt::format("A tcp:// endpoint needs a port from 1 to 65534 (events take the next one), not "
                        "'{}'.",
                        address));
    if (host.empty() || host.find_first_of(" /") != host.npos)
        return fail(Code::invalid_params, fmt::format("'{}' is no address of a computer.", host));
    const bool has_brackets = host.starts_with('[') && host.ends_with(']');
    if (has_brackets ? !is_ipv6_address(host.substr(1, host.size() - 2)) : host.find_first_of(":[]") != host.npos)
        return fail(Code::invalid_params, fmt::format("'{}' is no address of a computer. An IPv6 address stands in brackets, such as "
                                                      "[fd00::7]:{}.", host, port));
    return Endpoints{fmt::format("{}{}:{}", tcp_scheme, host, port),
                     fmt::format("{}{}:{}", tcp_scheme, host, port + 1)};
}

}  // namespace

Expected<Endpoints> endpoints_of(std::string_view endpoint) {
    if (endpoint.starts_with(ipc_scheme)) return ipc_endpoints(ipc_path(endpoint));
    if (endpoint.starts_with(tcp_scheme)) return tcp_endpoints(endpoint.substr(tcp_scheme.size()));
    return fail(Code::invalid_params,
                fmt::format("An endpoint begins with ipc:// or tcp://, not '{}'.", endpoint));
}

bool is_on_network(std::string_view endpoint) {
    if (!endpoint.starts_with(tcp_scheme)) return false;
    const auto host = split(endpoint.substr(tcp_scheme.size())).first;
    return host != "127.0.0.1" && host != "localhost" && host != "[::1]";
}

std::optional<Endpoints> neighbour(const Endpoints& endpoints, int ports) {
    if (!endpoints.requests.starts_with(tcp_scheme)) return std::nullopt;
    const auto [host, port] = split(std::string_view{endpoints.requests}.substr(tcp_scheme.size()));
    auto found = tcp_endpoints(fmt::format("{}:{}", host, port + ports));
    return found ? std::optional{std::move(*found)} : std::nullopt;
}

std::string default_endpoint(const Surroundings& surroundings) {
    if (!surroundings.endpoint.empty()) return surroundings.endpoint;
    if (!surroundings.loopback.empty()) return surroundings.loopback;
    if (!surroundings.runtime_dir.empty())
        return fmt::format("{}{}/stocktray/rpc.sock", ipc_scheme, surroundings.runtime_dir);
    return fmt::format("{}{}/.stocktray/run/rpc.sock", ipc_scheme, surroundings.home);
}

std::string client_endpoint(const Surroundings& surroundings, const fs::path& machines) {
    const auto own = default_endpoint(surroundings);
    std::error_code none;
    if (!surroundings.endpoint.empty() || fs::exists(ipc_path(own), none) || !fs::exists(machines, none)) return own;
    return fmt::format("{}{}", ipc_scheme, machines.string());
}

fs::path lock_path(const Endpoints& endpoints) {
    if (const auto path = ipc_path(endpoints.requests); !path.empty()) return fmt::format("{}.lock", path);
    std::string name = endpoints.requests.substr(tcp_scheme.size());
    for (char& c : name)
        if (c == ':' || c == '[' || c == ']') c = '-';
    return fs::temp_directory_path() / fmt::format("stocktray-{}.lock", name);
}

}  // namespace stocktray::ipc
