// The spool's file as SQLite sees it. Internal to ipc/spool.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/error.h"
#include "ipc/spool/spool.h"

namespace stocktray::ipc::spool_table {

inline constexpr int format = 1;
// How long a program waits for the others that use the file.
inline constexpr std::chrono::milliseconds wait_for_others{5'000};

// Opens the file as every user of it must; one that is no spool is left as it is. Throws SQLite::Exception.
[[nodiscard]] SQLite::Database open(const std::filesystem::path& file);
// The tables, and the source of a new spool. Throws.
void create(SQLite::Database& database, std::string_view source);
// Makes a whole spool of an empty file that nobody else knows yet. Throws.
void create_in(const std::filesystem::path& file, std::string_view source);

// What was opened. A spool is whole from its first moment: a file without its tables has lost them.
enum class Opened {
    well,
    damaged,
    too_new,  // of a later format
    foreign,  // a database, but no spool
};
// Throws.
[[nodiscard]] Opened examine(SQLite::Database& database);
// Reads everything: the sentences of what is wrong, none if all is well. Throws.
[[nodiscard]] std::vector<std::string> problems_of(SQLite::Database& database);
// The file was removed, or another one stands in its place: what is written goes where nobody finds it.
[[nodiscard]] bool has_moved(SQLite::Database& database) noexcept;

// Over what an entry says: a body that does not match it is not what was written.
[[nodiscard]] std::string sum_of(SpoolKind kind, std::string_view id, std::string_view body);

// From the columns seq, kind, id, body, at, state, code, message, sum, offered_to. `is_good`: the sum holds.
struct Row {
    SpoolEntry entry;
    bool is_good{false};
};
inline constexpr std::string_view columns = "seq, kind, id, body, at, state, code, message, sum, offered_to";
[[nodiscard]] Row row_of(SQLite::Statement& statement);

// The connection could not write, and will not be able to when the file can be written again.
[[nodiscard]] bool needs_reopening(const SQLite::Exception& error) noexcept;
[[nodiscard]] bool is_busy(const SQLite::Exception& error) noexcept;
[[nodiscard]] bool is_damage(const SQLite::Exception& error) noexcept;
[[nodiscard]] Failure damaged(const std::filesystem::path& file);
[[nodiscard]] Failure too_new(const std::filesystem::path& file);
[[nodiscard]] Failure foreign(const std::filesystem::path& file);
[[nodiscard]] Failure failure(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace stocktray::ipc::spool_table
