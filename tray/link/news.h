// What the link tells: the whole state as it was read, what happened since, and that the agent cannot be
// heard.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "ipc/client/feed.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/parameters.h"

namespace stocktray::tray {

// Everything that is shown without being asked for. It stands for all that was known before.
struct Snapshot {
    ipc::agent::HelloResult hello{};
    ipc::agent::StatusResult status{};
    ipc::parameters::Values parameters{};
    std::vector<ipc::carts::Cart> carts{};
    std::vector<ipc::alerts::Alert> alerts{};
    std::vector<ipc::jobs::Job> jobs{};  // the latest ones
};

// The agent answers, but speaks another version of the protocol.
struct OtherVersion {
    std::string message;  // the agent's, which says what to update; may be empty
};

using NewsItem = std::variant<Snapshot, ipc::ReceivedEvent, ipc::AgentLost, OtherVersion>;
using News = std::vector<NewsItem>;  // in the order they happened

}  // namespace stocktray::tray
