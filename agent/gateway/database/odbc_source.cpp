#include "agent/gateway/database/odbc_source.h"

#include <fmt/format.h>

#include <array>

#include "agent/gateway/database/diagnosis.h"
#include "agent/gateway/database/login.h"

namespace stocktray::gateway::database {
namespace {

using Clock = std::chrono::steady_clock;

struct Timed {
    Clock::duration& into;
    Clock::time_point begun{Clock::now()};
    ~Timed() { into += Clock::now() - begun; }
};

// How a server is told that a connection only reads, and how long a statement may take: not every driver has the latter.
struct Session {
    std::string_view dbms;
    std::string_view read_only;
    std::string_view limit;  // in front of the number; empty: the driver sees to it
    int limit_unit_per_second;
};
constexpr std::array sessions{
    Session{"PostgreSQL", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET SESSION statement_timeout=", 1'000},
    Session{"MariaDB", "SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time=", 1},
    Session{"MySQL", "SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time=", 1'000},
    Session{"SQLite", "PRAGMA query_only=ON", "", 0},
};

// Without these the driver brings a whole answer into memory before it gives the first row.
struct Streaming {
    std::string_view driver;  // part of its file's name
    std::string_view options;
};
constexpr std::array streaming_options{
    Streaming{"psqlodbc", "UseDeclareFetch=1;Fetch=1000"},
    Streaming{"maodbc", "NO_CACHE=1;FORWARDONLY=1"},
    Streaming{"sqlite3odbc", "StepAPI=1"},
};

// SQLite's driver would make an empty database where there is none.
std::string options_for_sqlite(std::string low) {
    for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const bool is_without = low.find("sqlite") == low.npos || low.find("nocreat") != low.npos;
    return is_without ? "" : low.ends_with(';') ? "NoCreat=1" : ";NoCreat=1";
}

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace

odbc::Outcome<Reader> open_reader(const std::string& string, std::chrono::seconds answer_within) {
    const odbc::Connection::Options options{.access = odbc::Access::read_only, .answer_within = answer_within};
    const auto login = string + options_for_sqlite(string);
    auto opened = odbc::Connection::open(login, options);
    if (!opened) return tl::unexpected(opened.error());
    Reader reader{std::move(*opened), {}, false};
    const auto driver = reader.connection->driver();
    for (const auto& streaming : streaming_options) {
        const auto name = streaming.options.substr(0, streaming.options.find('='));
        // What the connection string says itself holds.
        if (file_name(driver).find(streaming.driver) == std::string_view::npos || login.find(name) != login.npos) continue;
        auto again = odbc::Connection::open(fmt::format("{}{}{}", login, login.ends_with(';') ? "" : ";", streaming.options), options);
        if (!again) return tl::unexpected(again.error());
        reader.connection = std::move(*again);
    }
    const auto dbms = reader.connection->dbms();
    for (const auto& session : sessions) {
        if (dbms != session.dbms) continue;
        std::vector<std::string> statements{std::string{session.read_only}};
        if (!session.limit.empty())
            statements.push_back(fmt::format("{}{}", session.limit, answer_within.count() * session.limit_unit_per_second));
        for (const auto& statement : statements)
            if (auto set = reader.connection->run(statement); !set) return tl::unexpected(set.error());
        if (auto ended = reader.connection->commit(); !ended) return tl::unexpected(ended.error());
        reader.guards = fmt::format("{} keeps this connection from writing.", dbms);
        reader.is_guarded = true;
    }
    if (!reader.is_guarded)
        reader.guards = fmt::format("{} cannot be told to keep this connection from writing: let its user have the right to "
                                    "SELECT and no other.",
                                    dbms.empty() ? "The database" : dbms);
    return reader;
}

RawRow raw_row(std::span<const Cell> cells) {
    RawRow row;
    if (!cells.empty()) row.sku = cells[0];
    if (cells.size() > 1) row.qoh = cells[1];
    if (cells.size() > 2) row.name = cells[2];
    if (cells.size() > 3) row.tracked = cells[3];
    return row;
}

Failure OdbcSource::failed(const odbc::Diagnosis& diagnosis) {
    {
        const std::lock_guard lock{mutex_};
        connection_.reset();
    }
    const auto explained = explain(diagnosis, secret_);
    return fail(ErrorCode::storage, explained.hint.empty() ? explained.text : explained.text + " " + explained.hint);
}

Result<void> OdbcSource::connect() {
    {
        const std::lock_guard lock{mutex_};
        if (is_cancelled_) return fail(ErrorCode::storage, "Stopped.");  // no statement ran that could have heard of it
    }
    if (connection_) return {};
    auto login = login_of(settings_);
    if (!login) return Failure{login.error()};
    secret_ = std::move(login->secret);
    auto reader = open_reader(login->string, settings_.answer_within);
    if (!reader) return failed(reader.error());
    const std::lock_guard lock{mutex_};
    if (is_cancelled_) return fail(ErrorCode::storage, "Stopped.");
    connection_ = std::move(reader->connection);
    return {};
}

Result<std::string> OdbcSource::watermark() {
    const Timed timed{busy_};
    if (auto connected = connect(); !connected) return Failure{connected.error()};
    std::string mark;
    const auto asked = connection_->query(settings_.watermark, [&](std::span<const Cell> cells) {
        for (const auto& cell : cells) mark += cell ? "=" + *cell + "\n" : "-\n";
        return mark.size() < 100'000;  // a query that answers more is none
    });
    if (!asked) return failed(asked.error());
    if (auto ended = connection_->roll_back(); !ended) return failed(ended.error());
    return mark;
}

Result<void> OdbcSource::read(const std::function<void(const RawRow&)>& take) {
    const Timed timed{busy_};
    if (auto connected = connect(); !connected) return connected;
    std::size_t columns = 2;
    const auto asked = connection_->query(settings_.query, [&](std::span<const Cell> cells) {
        columns = cells.size();
        if (columns < 2 || columns > 4) return false;
        take(raw_row(cells));
        return true;
    });
    if (!asked) return failed(asked.error());
    {
        const std::lock_guard lock{mutex_};
        if (is_cancelled_) return fail(ErrorCode::storage, "Stopped.");  // a server may answer early instead of failing
    }
    // Ends the view of the database that a transaction keeps.
    if (auto ended = connection_->roll_back(); !ended) return failed(ended.error());
    if (columns < 2 || columns > 4)
        return fail(ErrorCode::invalid, fmt::format("The query answers {} columns; it must be the SKU and its count, and may "
                                                    "be a name and whether it is tracked, in this order.",
                                                    columns));
    return {};
}

std::chrono::milliseconds OdbcSource::take_busy() {
    const auto busy = std::chrono::duration_cast<std::chrono::milliseconds>(busy_);
    busy_ = {};
    return busy;
}

void OdbcSource::cancel() {
    std::shared_ptr<odbc::Connection> connection;
    {
        const std::lock_guard lock{mutex_};
        is_cancelled_ = true;
        connection = connection_;
    }
    if (connection) connection->cancel();
}

}  // namespace stocktray::gateway::database
