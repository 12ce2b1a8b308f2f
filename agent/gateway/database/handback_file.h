// Get QOH handed back as a file that a person (or a program) takes over and then moves into the folder's `done`.
// One file at a time; what it holds is acknowledged when it stands there.
#pragma once
#include "agent/gateway/database/handback.h"

namespace stocktray::gateway::database {

class HandbackByFile final : public Handback {
public:
    explicit HandbackByFile(Settings settings) : settings_{std::move(settings)} {}

    [[nodiscard]] Result<void> step(Book& book, State& state) override;
    [[nodiscard]] std::vector<Finding> test() override;

private:
    [[nodiscard]] Result<void> write(const std::string& name, const std::vector<ipc::qoh::PullItem>& items) const;

    Settings settings_;
};

}  // namespace stocktray::gateway::database
