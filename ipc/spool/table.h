// The spool's file as SQLite sees it. Internal to ipc/spool.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "ipc/error.h"
#include "ipc/spool/spool.h"

namespace stocktray::ipc::spool_table {

inline constexpr int format = 1;
// How long a program waits for the others that use the file.
inline constexpr std::chrono::milliseconds wait_for_others{5'000};

// Opens the file as every user of it must. Throws SQLite::Exception.
[[nodiscard]] SQLite::Database open(const std::filesystem::path& file);
// The tables, and the source of a new spool. Throws.
void create(SQLite::Database& database, std::string_view source);

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
[[nodiscard]] Failure failure(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace stocktray::ipc::spool_table
