// The agent's book as the watcher sees it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipc/error.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/qoh.h"
#include "ipc/messages/takeover.h"

namespace stocktray::gateway::database {

// One thread uses it. `no_agent`, `no_answer` and `storage`: what was asked may have been done all the same.
class Book {
public:
    virtual ~Book() = default;

    static constexpr std::size_t most_asked = 1'000;     // SKUs, of one question
    static constexpr std::size_t most_offered = 500;     // changes, of one request
    static constexpr std::size_t most_of_a_part = 20'000;  // items of a snapshot: the agent counts them all after each part

    [[nodiscard]] virtual ipc::Expected<ipc::agent::HelloResult> hello() = 0;
    // The counts of those SKUs that the agent has a count of.
    using Counts = std::map<std::string, std::int64_t, std::less<>>;
    [[nodiscard]] virtual ipc::Expected<Counts> counts_of(const std::vector<std::string>& skus) = 0;
    // All of them by SKU, a page at a time: those behind `after`.
    struct Page {
        Counts counts{};
        std::optional<std::string> next{};  // none: that was the last
    };
    [[nodiscard]] virtual ipc::Expected<Page> page(const std::string& after) = 0;
    [[nodiscard]] virtual ipc::Expected<ipc::qoh::SubmitResult> offer(std::vector<ipc::qoh::Change> changes) = 0;
    // `snapshot`, `part`, `last` as in qoh.snapshot; the source is filled in.
    [[nodiscard]] virtual ipc::Expected<ipc::qoh::SnapshotResult> snapshot(ipc::qoh::Snapshot part) = 0;
    // What Get QOH found, to be taken over.
    [[nodiscard]] virtual ipc::Expected<ipc::qoh::PullResult> pull(ipc::qoh::Pull request) = 0;
};

}  // namespace stocktray::gateway::database
