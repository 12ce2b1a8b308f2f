#include "ipc/spool/table.h"

#include <fmt/format.h>
#include <sodium.h>
#include <sqlite3.h>
#include <array>

#include "ipc/path_text.h"
#include "ipc/spool/place.h"

namespace stocktray::ipc::spool_table {
namespace {

std::string text_of(const SQLite::Column& column) {
    return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

}  // namespace

SQLite::Database open(const std::filesystem::path& file) {
    SQLite::Database database{ipc::text_of(file), SQLite::OPEN_READWRITE, static_cast<int>(wait_for_others.count())};
    // The log is written over instead of growing: a file that keeps its size syncs faster.
    database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
    return database;
}

void create(SQLite::Database& database, std::string_view source) {
    database.exec(
        "CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE TABLE entries("
        "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  kind TEXT NOT NULL CHECK(kind IN ('change', 'orders')),"
        "  id TEXT NOT NULL,"
        "  body BLOB NOT NULL,"
        "  sum BLOB NOT NULL,"
        "  at INTEGER NOT NULL,"
        "  state TEXT NOT NULL CHECK(state IN ('waiting', 'delivered', 'refused', 'doubtful')),"
        "  offered_to TEXT,"  // the agent that may have taken it
        "  ended_at INTEGER,"
        "  code TEXT NOT NULL DEFAULT '',"
        "  message TEXT NOT NULL DEFAULT '',"
        "  UNIQUE(kind, id)) STRICT;"
        "CREATE INDEX entries_open ON entries(state, seq) WHERE state <> 'delivered';"
        "CREATE INDEX entries_ended ON entries(ended_at) WHERE state = 'delivered';");
    SQLite::Statement insert{database, "INSERT INTO about VALUES('source', ?)"};
    insert.bind(1, std::string{source});
    insert.exec();
    database.exec(fmt::format("PRAGMA user_version={}", format));
}

std::string sum_of(SpoolKind kind, std::string_view id, std::string_view body) {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> sum{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, sum.size());
    const auto add = [&state](std::string_view bytes) {
        const std::uint64_t size = bytes.size();
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    };
    add(to_string(kind));
    add(id);
    add(body);
    crypto_generichash_final(&state, sum.data(), sum.size());
    return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

Row row_of(SQLite::Statement& statement) {
    Row row;
    SpoolEntry& entry = row.entry;
    entry.seq = statement.getColumn(0).getInt64();
    const auto kind = from_string<SpoolKind>(text_of(statement.getColumn(1)));
    entry.id = text_of(statement.getColumn(2));
    entry.body = text_of(statement.getColumn(3));
    entry.at = statement.getColumn(4).getInt64();
    const auto state = from_string<SpoolState>(text_of(statement.getColumn(5)));
    entry.code = text_of(statement.getColumn(6));
    entry.message = text_of(statement.getColumn(7));
    entry.offered_to = text_of(statement.getColumn(9));
    entry.kind = kind.value_or(SpoolKind::change);
    entry.state = state.value_or(SpoolState::doubtful);
    row.is_good = kind && state && text_of(statement.getColumn(8)) == sum_of(entry.kind, entry.id, entry.body);
    return row;
}

bool is_damage(const SQLite::Exception& error) noexcept {
    return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

bool is_busy(const SQLite::Exception& error) noexcept { return error.getErrorCode() == SQLITE_BUSY; }

bool needs_reopening(const SQLite::Exception& error) noexcept {
    const int code = error.getErrorCode();
    return code == SQLITE_READONLY || code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
}

Failure damaged(const std::filesystem::path& file) {
    return fail(Code::storage, fmt::format("The spool {} is damaged. Close the programs that use it and run: "
                                           "stocktrayctl spool repair",
                                           ipc::text_of(file)));
}

Failure failure(const std::filesystem::path& file, const SQLite::Exception& error) {
    if (is_damage(error)) return damaged(file);
    if (error.getErrorCode() == SQLITE_FULL)
        return fail(Code::storage, fmt::format("The disk of the spool {} is full: make room on it.", ipc::text_of(file)));
    if (error.getErrorCode() == SQLITE_READONLY || error.getErrorCode() == SQLITE_CANTOPEN)
        return unwritable(file);
    return fail(Code::storage, fmt::format("The spool {} cannot be used: {}.", ipc::text_of(file), error.what()));
}

}  // namespace stocktray::ipc::spool_table
