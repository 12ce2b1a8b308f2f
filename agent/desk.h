// What a handler may use: one request's surroundings.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/courier.h"
#include "agent/secrets.h"
#include "core/controller.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

struct Desk {
    Controller& controller;
    Secrets& secrets;
    Courier& courier;
    ipc::RpcServer& server;
    std::string run;
    std::string version;
    std::filesystem::path data_dir;
    Milliseconds uptime{0};
    Now now{};
    // What is to happen once the turn is on disk: a stop, an event that no notice stands for.
    std::vector<std::function<void()>> after_commit{};
    bool wants_stop{false};
    // The disk does not take what the agent wants to keep; cannot be kept in the database for that reason.
    std::optional<store::Alert> disk_alert{};
};

}  // namespace stocktray::agent
