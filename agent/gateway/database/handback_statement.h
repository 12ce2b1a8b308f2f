// Get QOH handed back by a statement in the Order Manager's database. One item a transaction, with its cursor in it, and
// acknowledged before the next begins: at a restart at most one item is in doubt, and the cursor says what became of it.
#pragma once
#include "agent/gateway/database/handback.h"
#include "agent/gateway/database/odbc.h"

namespace stocktray::gateway::database {

class HandbackByStatement final : public Handback {
public:
    explicit HandbackByStatement(Settings settings) : settings_{std::move(settings)} {}

    [[nodiscard]] Result<void> step(Book& book, State& state) override;
    [[nodiscard]] std::vector<Finding> test() override;

private:
    enum class Applied { added, no_such_sku, several_rows };

    [[nodiscard]] Result<void> connect();
    [[nodiscard]] Result<void> refuse_tables_without_transactions();
    [[nodiscard]] Result<std::string> cursor();
    [[nodiscard]] Result<Applied> apply(const ipc::qoh::PullItem& item);
    [[nodiscard]] Failure failed(const odbc::Diagnosis& diagnosis);

    Settings settings_;
    std::string secret_{};
    std::unique_ptr<odbc::Connection> connection_{};
};

}  // namespace stocktray::gateway::database
