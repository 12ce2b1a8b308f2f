#include "ipc/import/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <chrono>

#include "ipc/path_text.h"
#include "ipc/spool/place.h"

namespace stocktray::import {
namespace {

using ipc::Code;
using ipc::Expected;
using ipc::Failure;
using stock_file::Kind;

constexpr std::chrono::milliseconds wait_for_others{10'000};
constexpr const char* columns = "fingerprint, attempt, kind, series, name, bytes, rows, last_line, begun_at, taken_at";

LedgerEntry entry_of(SQLite::Statement& row) {
    LedgerEntry entry;
    entry.fingerprint = row.getColumn(0).getString();
    entry.attempt = row.getColumn(1).getInt64();
    entry.kind = ipc::from_string<Kind>(row.getColumn(2).getString()).value_or(Kind::changes);
    entry.series = row.getColumn(3).getString();
    entry.name = row.getColumn(4).getString();
    entry.bytes = static_cast<std::uint64_t>(row.getColumn(5).getInt64());
    entry.rows = row.getColumn(6).getInt64();
    entry.last_line = row.getColumn(7).getInt64();
    entry.begun_at = row.getColumn(8).getInt64();
    if (!row.getColumn(9).isNull()) entry.taken_at = row.getColumn(9).getInt64();
    return entry;
}

}  // namespace

struct Ledger::State {
    std::filesystem::path file;
    SQLite::Database database;

    // Runs what uses the database; an exception of it becomes a sentence.
    template <class Use>
    auto guarded(Use use) -> Expected<decltype(use())> {
        try {
            if constexpr (std::is_void_v<decltype(use())>) {
                use();
                return {};
            } else {
                return use();
            }
        } catch (const SQLite::Exception& error) {
            return ipc::fail(Code::storage, fmt::format("The list of files that were taken ({}) cannot be used: {}.", ipc::text_of(file),
                                                        error.what()));
        }
    }

    std::optional<LedgerEntry> first(const std::string& where, const std::string& value) {
        SQLite::Statement query{database, fmt::format("SELECT {} FROM files WHERE {} LIMIT 1", columns, where)};
        query.bind(1, value);
        if (!query.executeStep()) return std::nullopt;
        return entry_of(query);
    }
};

Ledger::Ledger(std::unique_ptr<State> state) : state_{std::move(state)} {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Expected<Ledger> Ledger::open(const std::filesystem::path& file) {
    if (auto made = ipc::make_private_file(file); !made) return Failure{std::move(made.error())};
    try {
        SQLite::Database database{ipc::text_of(file), SQLite::OPEN_READWRITE, static_cast<int>(wait_for_others.count())};
        database.exec("PRAGMA synchronous=FULL;");
        SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
        if (database.execAndGet("PRAGMA user_version").getInt() > 1)
            return ipc::fail(Code::unsupported, fmt::format("{} was written by a newer version.", ipc::text_of(file)));
        database.exec(
            "CREATE TABLE IF NOT EXISTS files("
            "  fingerprint TEXT NOT NULL,"
            "  attempt INTEGER NOT NULL,"
            "  kind TEXT NOT NULL CHECK(kind IN ('changes', 'counts')),"
            "  series TEXT NOT NULL,"
            "  name TEXT NOT NULL,"
            "  bytes INTEGER NOT NULL,"
            "  rows INTEGER NOT NULL,"
            "  last_line INTEGER NOT NULL,"
            "  begun_at INTEGER NOT NULL,"
            "  taken_at INTEGER,"
            "  PRIMARY KEY(fingerprint, attempt)) STRICT;"
            "CREATE INDEX IF NOT EXISTS files_by_length ON files(series, kind, bytes);"
            "PRAGMA user_version=1;");
        transaction.commit();
        return Ledger{std::make_unique<State>(State{file, std::move(database)})};
    } catch (const SQLite::Exception& error) {
        return ipc::fail(Code::storage, fmt::format("The list of files that were taken ({}) cannot be opened: {}.", ipc::text_of(file),
                                                    error.what()));
    }
}

Expected<std::optional<LedgerEntry>> Ledger::find(std::string_view fingerprint) {
    return state_->guarded([&] { return state_->first("fingerprint = ? ORDER BY attempt DESC", std::string{fingerprint}); });
}

Expected<std::optional<LedgerEntry>> Ledger::last_count(std::string_view series) {
    return state_->guarded([&] {
        return state_->first("kind = 'counts' AND series = ? AND taken_at IS NOT NULL ORDER BY taken_at DESC, rowid DESC",
                             std::string{series});
    });
}

Expected<std::vector<LedgerEntry>> Ledger::shorter_changes(std::string_view series, std::uint64_t bytes) {
    return state_->guarded([&] {
        SQLite::Statement query{state_->database,
                                fmt::format("SELECT {} FROM files WHERE kind = 'changes' AND series = ? AND rows > 0 AND bytes < ? "
                                            "ORDER BY bytes",
                                            columns)};
        query.bind(1, std::string{series});
        query.bind(2, static_cast<std::int64_t>(bytes));
        std::vector<LedgerEntry> entries;
        while (query.executeStep()) entries.push_back(entry_of(query));
        return entries;
    });
}

Expected<void> Ledger::begin(const LedgerEntry& entry) {
    return state_->guarded([&] {
        SQLite::Statement insert{state_->database,
                                 fmt::format("INSERT OR REPLACE INTO files({}) VALUES(?,?,?,?,?,?,?,?,?,NULL)", columns)};
        insert.bind(1, entry.fingerprint);
        insert.bind(2, entry.attempt);
        insert.bind(3, std::string{ipc::to_string(entry.kind)});
        insert.bind(4, entry.series);
        insert.bind(5, entry.name);
        insert.bind(6, static_cast<std::int64_t>(entry.bytes));
        insert.bind(7, entry.rows);
        insert.bind(8, entry.last_line);
        insert.bind(9, entry.begun_at);
        insert.exec();
    });
}

Expected<void> Ledger::end(const LedgerEntry& entry, std::int64_t now) {
    return state_->guarded([&] {
        SQLite::Statement update{state_->database, "UPDATE files SET taken_at = ? WHERE fingerprint = ? AND attempt = ?"};
        update.bind(1, now);
        update.bind(2, entry.fingerprint);
        update.bind(3, entry.attempt);
        update.exec();
    });
}

std::filesystem::path ledger_beside(const std::filesystem::path& spool) { return spool.parent_path() / "files.db"; }

}  // namespace stocktray::import
