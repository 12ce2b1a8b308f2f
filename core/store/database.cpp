#include "core/store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <unordered_map>

namespace stocktray::store {
namespace {

[[noreturn]] void throw_failure(sqlite3* db, std::string_view doing) {
    const int code = sqlite3_extended_errcode(db);
    std::string message;
    ErrorCode kind = ErrorCode::storage;
    switch (code & 0xff) {
        case SQLITE_FULL: message = "The disk of the agent's data folder is full."; break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            message = "The agent's database is damaged.";
            kind = ErrorCode::damaged;
            break;
        case SQLITE_READONLY: message = "The agent's data folder cannot be written to."; break;
        default: message = "The agent's database could not be written or read."; break;
    }
    throw StorageFailure{Error{kind, message, fmt::format("{}: {} ({})", doing, sqlite3_errmsg(db), code)}};
}

}  // namespace

struct Database::Connection {
    sqlite3* db{nullptr};
    std::unordered_map<const char*, sqlite3_stmt*> statements;
    int log_pages{0};  // told by SQLite after each commit

    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        for (const auto& [sql, statement] : statements) sqlite3_finalize(statement);
        sqlite3_close_v2(db);
    }
};

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Query::bind(int position, std::int64_t value) {
    if (sqlite3_bind_int64(statement_, position, value) != SQLITE_OK) throw_failure(db_, "binding");
}
void Query::bind(int position, std::string_view value) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* text = value.empty() ? "" : value.data();
    if (sqlite3_bind_text64(statement_, position, text, value.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
        throw_failure(db_, "binding");
}
void Query::bind(int position, Blob value) {
    if (sqlite3_bind_blob64(statement_, position, value.data(), value.size(), SQLITE_STATIC) != SQLITE_OK)
        throw_failure(db_, "binding");
}
void Query::bind(int position, std::nullptr_t) {
    if (sqlite3_bind_null(statement_, position) != SQLITE_OK) throw_failure(db_, "binding");
}

bool Query::next() {
    switch (sqlite3_step(statement_)) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: throw_failure(db_, sqlite3_sql(statement_));
    }
}
void Query::run() {
    while (next()) {
    }
}

std::int64_t Query::integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
std::string_view Query::view(int column) const noexcept {
    const auto* text = sqlite3_column_text(statement_, column);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string Query::text(int column) const { return std::string{view(column)}; }
Blob Query::blob(int column) const noexcept {
    return {static_cast<const unsigned char*>(sqlite3_column_blob(statement_, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
bool Query::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::optional<std::int64_t> Query::maybe_integer(int column) const noexcept {
    return is_null(column) ? std::nullopt : std::optional{integer(column)};
}
std::optional<std::string> Query::maybe_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional{text(column)};
}

Database::Database(std::unique_ptr<Connection> connection) noexcept : connection_{std::move(connection)} {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path) {
    // Its sums of memory would cost a lock for every piece of it.
    [[maybe_unused]] static const int without_sums = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    auto connection = std::make_unique<Connection>();
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path.c_str(), &connection->db, flags, nullptr) != SQLITE_OK)
        return fail(ErrorCode::storage, fmt::format("The database {} cannot be opened.", path),
                    connection->db != nullptr ? sqlite3_errmsg(connection->db) : "out of memory");
    auto& opened = *connection;
    Database database{std::move(connection)};
    try {
        // Exclusive: no shared memory and no file locks per statement, and nobody else can write beside us.
        // Checkpoints are ours to time (checkpoint_beyond).
        database.script(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
            "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = OFF;");
    } catch (const StorageFailure& failure) {
        Error error = failure.error();
        error.message = fmt::format("The database {} cannot be used: {}", path, error.message);
        return Failure{std::move(error)};
    }
    // Behind the pragmas: setting wal_autocheckpoint takes away whatever hook there is.
    sqlite3_wal_hook(
        opened.db,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Connection*>(self)->log_pages = pages;
            return SQLITE_OK;
        },
        &opened);
    return database;
}

Query Database::prepare(const char* sql) {
    auto& statement = connection_->statements[sql];
    if (statement == nullptr &&
        sqlite3_prepare_v3(connection_->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        throw_failure(connection_->db, sql);
    return Query{connection_->db, statement};
}

void Database::script(const std::string& sql) {
    if (sqlite3_exec(connection_->db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        throw_failure(connection_->db, "script");
}

std::int64_t Database::last_row() const noexcept { return sqlite3_last_insert_rowid(connection_->db); }
std::int64_t Database::changed_rows() const noexcept { return sqlite3_changes64(connection_->db); }
std::int64_t Database::total_changes() const noexcept { return sqlite3_total_changes64(connection_->db); }

void Database::begin() { run("BEGIN"); }
void Database::commit() { run("COMMIT"); }
void Database::roll_back() noexcept {
    if (sqlite3_get_autocommit(connection_->db) == 0)
        sqlite3_exec(connection_->db, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::checkpoint_beyond(int pages) noexcept {
    if (connection_->log_pages <= pages) return;
    connection_->log_pages = 0;
    // Passive: nothing waits for it, and what it cannot do now is done the next time.
    sqlite3_wal_checkpoint_v2(connection_->db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Database::back_up_to(const std::string& path) {
    sqlite3* target = nullptr;
    // Not through a link: what it leads to is not ours.
    std::error_code ignored;
    if (std::filesystem::is_symlink(path, ignored) || sqlite3_open(path.c_str(), &target) != SQLITE_OK) {
        sqlite3_close(target);
        throw StorageFailure{Error{ErrorCode::storage, fmt::format("The backup {} cannot be written.", path), {}}};
    }
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", connection_->db, "main");
    const int done = backup != nullptr ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    sqlite3_backup_finish(backup);
    sqlite3_close(target);
    if (done != SQLITE_DONE)
        throw StorageFailure{Error{ErrorCode::storage, fmt::format("The backup {} cannot be written.", path), {}}};
}

}  // namespace stocktray::store
