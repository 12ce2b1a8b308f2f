// Real databases for tests of watching: each in a folder of its own, ended with its owner.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/mariadb_session.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

// A database `shop`, and its user `reader` with the password `let me in;` who may only read.
class Server {
public:
    virtual ~Server() = default;

    static constexpr const char* password = "let me in;";

    [[nodiscard]] virtual std::string name() const = 0;
    // As `reader`, without the password; and as one who may do everything.
    [[nodiscard]] virtual std::string connection() const = 0;
    [[nodiscard]] virtual std::string owners_connection() const = 0;
    [[nodiscard]] virtual bool asks_for_password() const { return true; }
    // Statements by the database's own client; what it prints, cells parted by tabs. Throws std::runtime_error.
    virtual std::string run(const std::string& sql) = 0;
    // As by a crash, and on the same data again.
    virtual void stop() = 0;
    virtual void start() = 0;
};

// Why there is no such server here; empty if there is.
[[nodiscard]] std::string missing_for_servers();

[[nodiscard]] std::unique_ptr<Server> sqlite_server();
[[nodiscard]] std::unique_ptr<Server> mariadb_server();
[[nodiscard]] std::unique_ptr<Server> postgres_server();
[[nodiscard]] std::vector<std::unique_ptr<Server>> all_servers();

}  // namespace stocktray::tests
