// The book of a real agent, over a connection of its own.
#pragma once
#include <string>

#include "agent/gateway/database/book.h"
#include "ipc/client/client.h"

namespace stocktray::gateway::database {

class AgentBook final : public Book {
public:
    // `source`: whose changes these are, the same for ever. `program`: name and version, for the agent's log.
    AgentBook(ipc::Client client, std::string source, std::string program)
        : client_{std::move(client)}, source_{std::move(source)}, program_{std::move(program)} {}

    [[nodiscard]] ipc::Expected<ipc::agent::HelloResult> hello() override;
    [[nodiscard]] ipc::Expected<Counts> counts_of(const std::vector<std::string>& skus) override;
    [[nodiscard]] ipc::Expected<Page> page(const std::string& after) override;
    [[nodiscard]] ipc::Expected<ipc::qoh::SubmitResult> offer(std::vector<ipc::qoh::Change> changes) override;
    [[nodiscard]] ipc::Expected<ipc::qoh::SnapshotResult> snapshot(ipc::qoh::Snapshot part) override;
    [[nodiscard]] ipc::Expected<ipc::qoh::PullResult> pull(ipc::qoh::Pull request) override;

private:
    ipc::Client client_;
    std::string source_;
    std::string program_;
};

}  // namespace stocktray::gateway::database
