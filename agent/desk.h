// What a handler may use: one request's surroundings.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/courier.h"
#include "agent/lan/invitations.h"
#include "agent/lan/lan.h"
#include "agent/lan/members.h"
#include "agent/secrets.h"
#include "core/controller.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

// How long the loop's turns took: whoever submits a change waits for the one that is under way.
struct TurnTimes {
    static constexpr std::chrono::microseconds longest_unnoticed{20'000};
    std::int64_t turns{0};
    std::int64_t long_turns{0};
    std::chrono::microseconds longest{0};

    void took(std::chrono::microseconds time) noexcept {
        ++turns;
        if (time > longest_unnoticed) ++long_turns;
        longest = std::max(longest, time);
    }
};

// Whoever has sent the last part of a snapshot is answered when it has been taken over.
struct SnapshotClient {
    ipc::ReplyTo to;
    std::string source;
    std::string snapshot;
};

struct Desk {
    Controller& controller;
    Lan& lan;
    Invitations& invitations;
    Secrets& secrets;
    Courier& courier;
    ipc::RpcServer& server;
    std::string run;
    std::string version;
    std::filesystem::path data_dir;
    Milliseconds uptime{0};
    Now now{};
    // Of the request at hand.
    ipc::Caller caller{};
    Member member{};
    // What is to happen once the turn is on disk: a stop, an event that no notice stands for.
    std::vector<std::function<void()>> after_commit{};
    // What lies outside of the database and was changed for the turn: how it is put back where the turn cannot be committed.
    std::vector<std::function<void()>> if_undone{};
    std::vector<SnapshotClient> snapshot_clients{};
    bool wants_stop{false};
    TurnTimes turns{};
    // The disk does not take what the agent wants to keep; cannot be kept in the database for that reason.
    std::optional<store::Alert> disk_alert{};
};

}  // namespace stocktray::agent
