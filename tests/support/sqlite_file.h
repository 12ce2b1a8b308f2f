// A SQLite file looked at from outside, while its owner works in it.
#pragma once
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace stocktray::tests {

class SqliteFile {
public:
    // Throws std::runtime_error if there is no such file.
    explicit SqliteFile(const std::filesystem::path& file);

    // Runs one statement, values as text; every row as its columns. Waits up to 10 s for a lock; throws on an
    // error.
    std::vector<std::vector<std::string>> query(const std::string& sql,
                                                const std::vector<std::string>& values = {});

    // The first column of the first row. Throws std::runtime_error if there is none.
    long long number(const std::string& sql, const std::vector<std::string>& values = {});

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace stocktray::tests
