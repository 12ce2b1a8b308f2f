// One connection to a MariaDB server, held open: transactions and locks last until the test says otherwise.
#pragma once
#include "tests/support/process.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::tests {

class MariadbSession {
public:
    using Row = std::vector<std::string>;

    MariadbSession(const std::filesystem::path& socket, const std::string& database);

    // Runs statements (a semicolon between two) and returns the rows of all of them. Throws
    // std::runtime_error with the server's words if one failed or took longer than 30 s.
    std::vector<Row> query(const std::string& sql);

    // Hands statements over and returns at once; finish() waits for them as query() does.
    void begin(const std::string& sql);
    std::vector<Row> finish();

    // The first column of the first row.
    long long number(const std::string& sql);

    // 'text' with its quotes, for use in SQL.
    [[nodiscard]] static std::string quoted(std::string_view text);

private:
    Process client_;
    std::size_t lines_read_ = 0;  // bytes of output already returned
    std::size_t errors_read_ = 0;
    int marker_ = 0;
};

}  // namespace stocktray::tests
