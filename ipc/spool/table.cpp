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

bool has_tables(SQLite::Database& database) {
    return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() > 0;
}
bool has_tables_of_a_spool(SQLite::Database& database) {
    return database.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name IN ('about', 'entries')").getInt() > 0;
}

}  // namespace

SQLite::Database open(const std::filesystem::path& file) {
    SQLite::Database database{ipc::text_of(file), SQLite::OPEN_READWRITE, static_cast<int>(wait_for_others.count())};
    if (!has_tables_of_a_spool(database)) return database;
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

void create_in(const std::filesystem::path& file, std::string_view source) {
    SQLite::Database database{ipc::text_of(file), SQLite::OPEN_READWRITE};
    database.exec("PRAGMA synchronous=FULL");
    SQLite::Transaction transaction{database};
    create(database, source);
    transaction.commit();
}

Opened examine(SQLite::Database& database) {
    if (has_tables(database) && !has_tables_of_a_spool(database)) return Opened::foreign;
    // That it can be written as well.
    SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version > format) return Opened::too_new;
    if (version != format) return Opened::damaged;
    try {
        const bool has_source = database.execAndGet("SELECT count(*) FROM about WHERE name = 'source'").getInt() == 1;
        (void)database.execAndGet("SELECT count(*) FROM entries WHERE state <> 'delivered'").getInt();
        return has_source ? Opened::well : Opened::damaged;
    } catch (const SQLite::Exception& error) {
        // A table or a column that this format has is not there.
        if (error.getErrorCode() == SQLITE_ERROR) return Opened::damaged;
        throw;
    }
}

std::vector<std::string> problems_of(SQLite::Database& database) {
    std::vector<std::string> problems;
    SQLite::Statement integrity{database, "PRAGMA integrity_check"};
    while (integrity.executeStep())
        if (const auto text = integrity.getColumn(0).getString(); text != "ok") problems.push_back(text);
    SQLite::Statement select{database, fmt::format("SELECT {} FROM entries ORDER BY seq", columns)};
    while (select.executeStep())
        if (const auto row = row_of(select); !row.is_good)
            problems.push_back(fmt::format("Entry {} is not what was submitted.", row.entry.seq));
    return problems;
}

bool has_moved(SQLite::Database& database) noexcept {
    int moved = 0;
    const int known = ::sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return known == SQLITE_OK && moved != 0;
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
    return fail(Code::storage, fmt::format("The spool {} is damaged. Close the programs that use it and run: {}",
                                           ipc::text_of(file), repair_command(file)));
}

Failure too_new(const std::filesystem::path& file) {
    return fail(Code::unsupported,
                fmt::format("The spool {} was written by a newer version: update this program.", ipc::text_of(file)));
}

Failure foreign(const std::filesystem::path& file) {
    return fail(Code::invalid_params, fmt::format("{} is no spool, but another program's database: nothing was done with it.",
                                                  ipc::text_of(file)));
}

Failure failure(const std::filesystem::path& file, const SQLite::Exception& error) {
    if (is_damage(error)) return damaged(file);
    if (error.getErrorCode() == SQLITE_FULL)
        return fail(Code::storage, fmt::format("The disk of the spool {} is full: make room on it.", ipc::text_of(file)));
    if (error.getErrorCode() == SQLITE_READONLY_DBMOVED)
        return fail(Code::storage, fmt::format("The spool {} was removed or replaced while it was in use: nothing is saved in it "
                                               "until the programs that use it were closed and started again.",
                                               ipc::text_of(file)));
    if (error.getErrorCode() == SQLITE_READONLY || error.getErrorCode() == SQLITE_CANTOPEN)
        return unwritable(file);
    return fail(Code::storage, fmt::format("The spool {} cannot be used: {}.", ipc::text_of(file), error.what()));
}

}  // namespace stocktray::ipc::spool_table
