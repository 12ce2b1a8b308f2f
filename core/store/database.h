// SQLite, as the store's families use it: prepared statements kept ready, values bound by position.
// Knows nothing of what is stored. One thread.
#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace stocktray::store {

// The disk or the file failed. Thrown by every statement and caught in one place, where the turn's
// transaction ends: whatever a turn did is rolled back together, so no rule has to carry the error along.
class StorageFailure : public std::exception {
public:
    explicit StorageFailure(Error error) : error_{std::move(error)} {}
    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }

private:
    Error error_;
};

using Blob = std::span<const unsigned char>;

// One run of a prepared statement; gives it back when it goes.
class Query {
public:
    Query(sqlite3* db, sqlite3_stmt* statement) noexcept : db_{db}, statement_{statement} {}
    Query(Query&& other) noexcept : db_{other.db_}, statement_{std::exchange(other.statement_, nullptr)} {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    Query& operator=(Query&&) = delete;
    ~Query();

    void bind(int position, std::int64_t value);
    void bind(int position, std::string_view value);  // must live until the query is done
    void bind(int position, Blob value);              // the same
    void bind(int position, std::nullptr_t);
    template <class T>
    void bind(int position, const std::optional<T>& value) {
        if (value) bind(position, *value);
        else bind(position, nullptr);
    }
    void bind(int position, const std::string& value) { bind(position, std::string_view{value}); }
    void bind(int position, const char* value) { bind(position, std::string_view{value}); }
    void bind(int position, int value) { bind(position, std::int64_t{value}); }
    void bind(int position, bool value) { bind(position, std::int64_t{value ? 1 : 0}); }

    // Goes to the next row; false after the last.
    [[nodiscard]] bool next();
    // Runs to the end; for statements without rows.
    void run();

    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] bool flag(int column) const noexcept { return integer(column) != 0; }
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::string_view view(int column) const noexcept;  // until `next` or the end of the query
    [[nodiscard]] Blob blob(int column) const noexcept;              // the same
    [[nodiscard]] bool is_null(int column) const noexcept;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const noexcept;
    [[nodiscard]] std::optional<std::string> maybe_text(int column) const;

private:
    sqlite3* db_;
    sqlite3_stmt* statement_;
};

class Database {
public:
    // Opens or creates the file with a write-ahead log and full synchronization. The connection holds the
    // file alone: one agent works it.
    [[nodiscard]] static Result<Database> open(const std::string& path);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    // A statement with its values bound. `sql` is a literal: statements are kept by its address.
    template <class... Values>
    [[nodiscard]] Query query(const char* sql, const Values&... values) {
        Query q = prepare(sql);
        int position = 0;
        (q.bind(++position, values), ...);
        return q;
    }
    template <class... Values>
    void run(const char* sql, const Values&... values) {
        query(sql, values...).run();
    }
    // Several statements in one text, as in a migration.
    void script(const std::string& sql);

    [[nodiscard]] std::int64_t last_row() const noexcept;
    [[nodiscard]] std::int64_t changed_rows() const noexcept;  // by the last statement
    [[nodiscard]] std::int64_t total_changes() const noexcept;

    void begin();
    void commit();            // durable when it returns
    void roll_back() noexcept;

    // Moves the log into the file if it has grown beyond `pages`. Off the path of any answer.
    void checkpoint_beyond(int pages) noexcept;
    // Copies the whole file, consistent, while it is open.
    void back_up_to(const std::string& path);

private:
    struct Connection;
    explicit Database(std::unique_ptr<Connection> connection) noexcept;
    [[nodiscard]] Query prepare(const char* sql);

    std::unique_ptr<Connection> connection_;
};

}  // namespace stocktray::store
