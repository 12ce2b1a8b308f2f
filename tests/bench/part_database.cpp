// A watched database of very many rows: how long the gateway needs for its first run and for one change among them, and
// how much memory that takes, for each kind of database.
#include <fmt/format.h>

#include <fstream>
#include <thread>

#include "ipc/messages/qoh.h"
#include "tests/agent/gateway/database/servers.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

namespace {

double peak_mb(pid_t process) {
    std::ifstream status{fmt::format("/proc/{}/status", process)};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1'024;
    return 0;
}

std::string rows_statement(const Server& server, int rows) {
    const std::string shape = "CREATE TABLE item (code VARCHAR(40) NOT NULL PRIMARY KEY, stock INTEGER NOT NULL);";
    if (server.name() == "SQLite")
        return shape + fmt::format("INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
                                   " SELECT printf('SKU-%07d', i), i % 50 FROM n;",
                                   rows);
    if (server.name() == "MariaDB")
        return shape + fmt::format("INSERT INTO item SELECT concat('SKU-', lpad(seq, 7, '0')), seq % 50 FROM seq_1_to_{};", rows);
    return shape + fmt::format("INSERT INTO item SELECT 'SKU-' || lpad(i::text, 7, '0'), i % 50 FROM generate_series(1, {}) i;", rows);
}

bool book_has(AgentProcess& agent, const std::string& sku, std::int64_t qoh) {
    return eventually(
        [&] {
            ipc::qoh::List list;
            list.skus = {sku};
            const auto listed = agent.call(list, 120s);
            return listed && !listed->items.empty() && listed->items.front().om_qoh == qoh;
        },
        600s);
}

void measure(Server& server, int rows, Report& report) {
    server.run(rows_statement(server, rows));
    const auto last = fmt::format("SKU-{:07}", rows);
    const auto row = [&](const char* what) { return fmt::format("{}, {} rows: {}", server.name(), rows, what); };
    AgentProcess agent;
    agent.start();
    const TempDir dir;
    const auto password = dir.path() / "password";
    std::ofstream{password} << Server::password;
    std::filesystem::permissions(password, std::filesystem::perms{0600});
    std::ofstream{dir.path() / "gateway.toml"}
        << "[[database]]\nname = \"erp\"\nevery = 1\nload_percent = 100\nquery = \"SELECT code, stock FROM item ORDER BY code\"\n"
        << "connection = \"" << server.connection() << "\"\n"
        << (server.asks_for_password() ? "password_file = \"" + password.string() + "\"\n" : "");
    const auto begun = Clock::now();
    Process gateway{Command{{STOCKTRAY_BIN_DIR "/stocktray-gateway", "--config", (dir.path() / "gateway.toml").string(), "--data-dir",
                             (dir.path() / "data").string(), "--endpoint", agent.endpoint()},
                            agent.environment(),
                            {}}};
    if (!book_has(agent, last, rows % 50)) throw std::runtime_error{"the first run did not end: " + gateway.errors()};
    report.add(row("the first run, a snapshot"), "s", milliseconds_since(begun) / 1'000);
    // The round ends after the agent has answered; the next one is a whole reading without a change.
    std::this_thread::sleep_for(20s);
    for (int n = 1; n <= 3; ++n) {
        const auto changed = Clock::now();
        server.run(fmt::format("UPDATE item SET stock = {} WHERE code = '{}'", 1'000 + n, last));
        if (!book_has(agent, last, 1'000 + n)) throw std::runtime_error{"the change did not arrive: " + gateway.errors()};
        report.add(row("a change to the book, without a watermark"), "s", milliseconds_since(changed) / 1'000);
    }
    report.add(row("the gateway's peak memory"), "MB", peak_mb(gateway.id()));
}

}  // namespace

void measure_database(const Options& options, Report& report) {
    if (const auto missing = missing_for_servers(); !missing.empty()) {
        fmt::print(stderr, "databases are left out: {}\n", missing);
        return;
    }
    for (const auto& server : all_servers()) measure(*server, options.lines, report);
}

}  // namespace stocktray::bench
