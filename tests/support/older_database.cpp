#include "tests/support/older_database.h"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

namespace stocktray::tests {
namespace {

std::filesystem::path fixture(int version) {
    return std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "tests/fixtures/databases" / ("version-" + std::to_string(version) + ".sql");
}

}  // namespace

int newest_older_version() {
    int version = 0;
    while (std::filesystem::exists(fixture(version + 1))) ++version;
    return version;
}

void make_older_database(int version, const std::filesystem::path& file) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file.c_str(), &opened);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database{opened, &sqlite3_close};
    if (code != SQLITE_OK) throw std::runtime_error{"cannot be made: " + file.string()};
    for (int step = 1; step <= version; ++step) {
        std::ifstream reader{fixture(step)};
        const std::string sql{std::istreambuf_iterator<char>{reader}, {}};
        if (sql.empty() || sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error{fixture(step).string() + ": " + sqlite3_errmsg(opened)};
    }
}

}  // namespace stocktray::tests
