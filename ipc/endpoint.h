// Where the agent is: two ZeroMQ endpoints, of which the second follows from the first.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/error.h"

namespace stocktray::ipc {

// `requests` is what people name; `events` is derived: `…/rpc.sock` -> `…/events.sock`, tcp: port + 1.
struct Endpoints {
    std::string requests;
    std::string events;

    bool operator==(const Endpoints&) const = default;
};

inline constexpr std::string_view ipc_scheme = "ipc://";

// Checks the endpoint's form. `ipc://` wants an absolute path of at most 107 bytes (the events' path too:
// that is what an address of a local socket can hold); `tcp://` wants a host and a port.
[[nodiscard]] Expected<Endpoints> endpoints_of(std::string_view endpoint);

// A `tcp://` endpoint that is not this machine's own (127.0.0.1, [::1], localhost): never without keys.
[[nodiscard]] bool is_on_network(std::string_view endpoint);

// The tcp endpoints so many ports further on; none for `ipc://` and beyond the last port.
[[nodiscard]] std::optional<Endpoints> neighbour(const Endpoints& endpoints, int ports);

// What the default place depends on.
struct Surroundings {
    std::string endpoint;     // $STOCKTRAY_ENDPOINT
    std::string runtime_dir;  // $XDG_RUNTIME_DIR
    std::string home;         // $HOME
    std::string loopback{};   // tcp://127.0.0.1:…, where a system has no local sockets
    bool can_have_agent{true};  // false: there is no agent for this system, it is always another computer's

    [[nodiscard]] static Surroundings of_this_process();
};

// $STOCKTRAY_ENDPOINT, else $XDG_RUNTIME_DIR/stocktray/rpc.sock, else ~/.stocktray/run/rpc.sock. Without local sockets:
// `loopback`.
[[nodiscard]] std::string default_endpoint(const Surroundings& surroundings);

// Where the agent of the whole machine serves, if there is one.
inline constexpr std::string_view system_socket = "/run/stocktray/rpc.sock";

// For a client: `default_endpoint`, or the machine's agent where this user has no socket of their own and it has.
[[nodiscard]] std::string client_endpoint(const Surroundings& surroundings,
                                          const std::filesystem::path& machines = system_socket);

// The file whose lock says that an agent serves this endpoint: beside the socket, or for tcp in the temporary
// folder under the endpoint's name. The agent takes the lock; nothing here does.
[[nodiscard]] std::filesystem::path lock_path(const Endpoints& endpoints);

// For whoever serves: makes the folder of an `ipc://` endpoint, with mode 0700, where it is missing; does nothing for tcp.
// Refuses a folder in which others could put another socket in the place of ours.
[[nodiscard]] Expected<void> make_folder(const Endpoints& endpoints);

}  // namespace stocktray::ipc
