#include "tests/support/sqlite_file.h"

#include <stdexcept>

namespace stocktray::tests {

SqliteFile::SqliteFile(const std::filesystem::path& file) {
    sqlite3* database = nullptr;
    const int result = sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
    database_.reset(database);
    if (result != SQLITE_OK) {
        throw std::runtime_error("cannot open " + file.string());
    }
    sqlite3_busy_timeout(database, 10'000);
}

std::vector<std::vector<std::string>> SqliteFile::query(const std::string& sql,
                                                        const std::vector<std::string>& values) {
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
        throw std::runtime_error(std::string{sqlite3_errmsg(database_.get())} + ": " + sql);
    }
    const std::unique_ptr<sqlite3_stmt, Finalize> statement{raw};
    for (std::size_t i = 0; i < values.size(); ++i) {
        sqlite3_bind_text(raw, static_cast<int>(i) + 1, values[i].data(), static_cast<int>(values[i].size()),
                          nullptr);
    }
    std::vector<std::vector<std::string>> rows;
    int state = SQLITE_ROW;
    while ((state = sqlite3_step(raw)) == SQLITE_ROW) {
        auto& row = rows.emplace_back();
        for (int i = 0; i < sqlite3_column_count(raw); ++i) {
            const void* bytes = sqlite3_column_blob(raw, i);
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw, i));
            row.emplace_back(bytes == nullptr ? "" : static_cast<const char*>(bytes), size);
        }
    }
    if (state != SQLITE_DONE) {
        throw std::runtime_error(std::string{sqlite3_errmsg(database_.get())} + ": " + sql);
    }
    return rows;
}

long long SqliteFile::number(const std::string& sql, const std::vector<std::string>& values) {
    const auto rows = query(sql, values);
    if (rows.empty() || rows[0].empty() || rows[0][0].empty()) {
        throw std::runtime_error("no row: " + sql);
    }
    return std::stoll(rows[0][0]);
}

}  // namespace stocktray::tests
