#include "tests/agent/gateway/database/servers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/wait_until.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string must(const Command& command) {
    const auto done = run(command, 60s);
    if (done.exit_code != 0) throw std::runtime_error{command.arguments.front() + ": " + done.errors + done.output};
    return done.output;
}

class Sqlite final : public Server {
public:
    Sqlite() { run("PRAGMA journal_mode=WAL"); }

    std::string name() const override { return "SQLite"; }
    std::string connection() const override { return "Driver={SQLite3};Timeout=2000;Database=" + file_.string(); }
    std::string owners_connection() const override { return connection(); }
    bool asks_for_password() const override { return false; }
    std::string run(const std::string& sql) override {
        return must({{"sqlite3", "-bail", "-separator", "\t", "-cmd", ".timeout 5000", file_.string(), sql}, {}, {}});
    }
    // A share that is not mounted.
    void stop() override { fs::rename(folder_, away_); }
    void start() override { fs::rename(away_, folder_); }

private:
    [[nodiscard]] static fs::path made(const fs::path& folder) {
        fs::create_directories(folder);
        return folder;
    }
    TempDir dir_{};
    fs::path folder_{made(dir_.path() / "db")};
    fs::path away_{dir_.path() / "away"};
    fs::path file_{folder_ / "shop.db"};
};

class Mariadb final : public Server {
public:
    Mariadb() {
        must({{"mariadb-install-db", "--no-defaults", "--user=root", "--auth-root-authentication-method=normal",
               "--skip-test-db", "--datadir=" + (dir_.path() / "data").string(), "--tmpdir=" + dir_.path().string()},
              {},
              {}});
        start();
        run("CREATE DATABASE shop CHARACTER SET utf8mb4");
        is_ready_ = true;
        run(fmt::format("CREATE USER reader@localhost IDENTIFIED BY '{}'", password));
        run("GRANT SELECT ON shop.* TO reader@localhost");
    }

    std::string name() const override { return "MariaDB"; }
    std::string connection() const override { return base() + "UID=reader"; }
    std::string owners_connection() const override { return base() + "UID=root"; }
    std::string run(const std::string& sql) override {
        return must({{"mariadb", "--no-defaults", "--socket=" + socket().string(), "--user=root", "--skip-column-names", "--batch",
                      "--default-character-set=utf8mb4", "-e", sql, is_ready_ ? "shop" : "mysql"},
                     {},
                     {}});
    }
    void stop() override { process_.reset(); }
    void start() override {
        fs::remove(socket());
        process_.emplace(Command{{"mariadbd", "--no-defaults", "--user=root", "--datadir=" + (dir_.path() / "data").string(),
                                  "--socket=" + socket().string(), "--pid-file=" + (dir_.path() / "db.pid").string(),
                                  "--tmpdir=" + dir_.path().string(),  // at its start a server removes the temporary tables of all others
                                  "--skip-networking", "--skip-log-bin", "--innodb-buffer-pool-size=64M",
                                  "--log-error=" + (dir_.path() / "db.err").string()},
                                 {},
                                 {}});
        const bool answers = wait_until(
            [&] {
                return tests::run({{"mariadb-admin", "--no-defaults", "--socket=" + socket().string(), "--user=root", "ping"}, {}, {}})
                           .exit_code == 0;
            },
            60s, 100ms);
        if (!answers) throw std::runtime_error{"mariadbd does not answer"};
        is_ready_ = fs::exists(dir_.path() / "data" / "shop");
    }

private:
    [[nodiscard]] fs::path socket() const { return dir_.path() / "db.sock"; }
    [[nodiscard]] std::string base() const {
        return "Driver={MariaDB Unicode};Socket=" + socket().string() + ";Database=shop;";
    }
    TempDir dir_{};
    bool is_ready_{false};
    std::optional<Process> process_{};
};

// PostgreSQL does not run as root.
class Postgres final : public Server {
public:
    Postgres() {
        fs::permissions(dir_.path(), fs::perms::all);
        if (::geteuid() == 0) user_ = {"setpriv", "--pdeathsig=KILL", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
        must(as_user({bin("initdb"), "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=owner",
                      "--pgdata=" + data().string()}));
        // The owner is trusted, everybody else needs the password.
        const auto rules = dir_.path() / "pg_hba.conf";
        std::ofstream{rules} << "local all owner trust\nlocal all all scram-sha-256\n";
        start();
        run_in("postgres", "CREATE DATABASE shop");
        run(fmt::format("CREATE USER reader PASSWORD '{}'", password));
        run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader");
    }

    std::string name() const override { return "PostgreSQL"; }
    std::string connection() const override { return base() + "UID=reader"; }
    std::string owners_connection() const override { return base() + "UID=owner"; }
    std::string run(const std::string& sql) override { return run_in("shop", sql); }
    void stop() override {
        if (!process_) return;
        // Each of its processes is in a group of its own and ends a moment after the first; until then they hold the memory
        // that the next server wants.
        const auto others = children_of(process_->id());
        process_.reset();
        for (const auto other : others) ::kill(other, SIGKILL);
        if (!wait_until([&] { return std::ranges::none_of(others, holds_memory); }, 60s))
            throw std::runtime_error{"PostgreSQL does not end"};
        fs::remove(data() / "postmaster.pid");
    }
    void start() override {
        // A server that is killed leaves its shared memory behind: it lies in the folder that goes with it.
        process_.emplace(as_user({bin("postgres"), "-D", data().string(), "-k", dir_.path().string(), "-c", "listen_addresses=",
                                  "-c", "shared_buffers=16MB", "-c", "dynamic_shared_memory_type=mmap", "-c",
                                  "hba_file=" + (dir_.path() / "pg_hba.conf").string()}));
        const bool answers = wait_until(
            [&] {
                return tests::run({{bin("pg_isready"), "-q", "-h", dir_.path().string(), "-U", "owner", "-d", "postgres"}, {}, {}})
                           .exit_code == 0;
            },
            60s, 100ms);
        if (!answers) throw std::runtime_error{"PostgreSQL does not answer: " + process_->errors()};
    }

private:
    // What has ended and was not waited for yet does not.
    [[nodiscard]] static bool holds_memory(pid_t process) {
        std::ifstream file{fmt::format("/proc/{}/status", process)};
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("VmSize:")) return true;
        return false;
    }
    [[nodiscard]] fs::path data() const { return dir_.path() / "data"; }
    [[nodiscard]] std::string base() const {
        return "Driver={PostgreSQL Unicode};Server=" + dir_.path().string() + ";Port=5432;Database=shop;";
    }
    [[nodiscard]] static std::string bin(const std::string& program) {
        for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql"})
            if (fs::exists(version.path() / "bin" / program)) return (version.path() / "bin" / program).string();
        throw std::runtime_error{"there is no " + program};
    }
    [[nodiscard]] Command as_user(std::vector<std::string> arguments) const {
        Command command{user_, {}, dir_.path()};
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        return command;
    }
    std::string run_in(const std::string& database, const std::string& sql) {
        return must({{bin("psql"), "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", dir_.path().string(), "-U", "owner", "-d",
                      database, "-c", sql},
                     {},
                     {}});
    }
    TempDir dir_{};
    std::vector<std::string> user_{};
    std::optional<Process> process_{};
};

}  // namespace

std::string missing_for_servers() {
    for (const auto* program : {"mariadbd", "mariadb-install-db", "mariadb", "sqlite3", "odbcinst"})
        if (run({{"sh", "-c", fmt::format("command -v {}", program)}, {}, {}}).exit_code != 0) return fmt::format("there is no {}", program);
    if (!fs::exists("/usr/lib/postgresql")) return "there is no PostgreSQL";
    const auto drivers = run({{"odbcinst", "-q", "-d"}, {}, {}}).output;
    for (const auto* driver : {"[MariaDB Unicode]", "[PostgreSQL Unicode]", "[SQLite3]"})
        if (drivers.find(driver) == drivers.npos) return fmt::format("there is no ODBC driver {}", driver);
    return "";
}

std::unique_ptr<Server> sqlite_server() { return std::make_unique<Sqlite>(); }
std::unique_ptr<Server> mariadb_server() { return std::make_unique<Mariadb>(); }
std::unique_ptr<Server> postgres_server() { return std::make_unique<Postgres>(); }

std::vector<std::unique_ptr<Server>> all_servers() {
    std::vector<std::unique_ptr<Server>> servers;
    servers.push_back(sqlite_server());
    servers.push_back(mariadb_server());
    servers.push_back(postgres_server());
    return servers;
}

}  // namespace stocktray::tests
