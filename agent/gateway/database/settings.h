// How a database is watched: one [[database]] of gateway.toml.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "agent/gateway/database/guard.h"
#include "agent/gateway/database/pace.h"

namespace stocktray::gateway::database {

// How what Get QOH found comes into the database. Off unless one of them is set.
struct HandbackSettings {
    std::filesystem::path folder{};  // as a file there
    std::string statement{};         // run in the database: two `?`, the pieces to add and the SKU
    std::string store_cursor{};      // in the same transaction: one `?`
    std::string read_cursor{};       // a SELECT of it

    [[nodiscard]] bool is_by_file() const { return !folder.empty(); }
    [[nodiscard]] bool is_by_statement() const { return !statement.empty(); }
};

struct Settings {
    std::string name{};
    std::string connection{};  // an ODBC connection string, without a password
    std::filesystem::path password_file{};
    std::string password_variable{};
    std::string query{};
    std::string watermark{};
    Pace pace{};
    std::chrono::seconds answer_within{300};
    GuardLimits limits{};
    HandbackSettings handback{};
};

}  // namespace stocktray::gateway::database
