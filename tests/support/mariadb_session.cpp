#include "tests/support/mariadb_session.h"

#include "tests/support/wait_until.h"

#include <sstream>
#include <stdexcept>

namespace stocktray::tests {
namespace {

MariadbSession::Row split(const std::string& line) {
    MariadbSession::Row row;
    std::istringstream in{line};
    for (std::string field; std::getline(in, field, '\t');) {
        row.push_back(field);
    }
    return row;
}

}  // namespace

MariadbSession::MariadbSession(const std::filesystem::path& socket, const std::string& database)
    : client_{Command{
          {"mariadb", "--no-defaults", "--socket=" + socket.string(), "--user=root", "--skip-column-names",
           "--batch", "--raw", "--unbuffered", "--force", "--default-character-set=utf8mb4", database},
          {},
          {}}} {}

std::vector<MariadbSession::Row> MariadbSession::query(const std::string& sql) {
    begin(sql);
    return finish();
}

void MariadbSession::begin(const std::string& sql) {
    ++marker_;
    client_.write(sql + ";\nSELECT 'end of statement " + std::to_string(marker_) + "';\n");
}

std::vector<MariadbSession::Row> MariadbSession::finish() {
    const std::string mark = "end of statement " + std::to_string(marker_) + "\n";
    std::string text;
    const bool has_ended = wait_until(
        [&] {
            text = client_.output().substr(lines_read_);
            return text.ends_with(mark) || !client_.is_running();
        },
        std::chrono::seconds{30});
    const std::string errors = client_.errors().substr(errors_read_);
    errors_read_ += errors.size();
    lines_read_ += text.size();
    if (!has_ended || !text.ends_with(mark) || !errors.empty()) {
        throw std::runtime_error("mariadb: " + (errors.empty() ? "no answer" : errors));
    }
    std::vector<Row> rows;
    std::istringstream in{text.substr(0, text.size() - mark.size())};
    for (std::string line; std::getline(in, line);) {
        rows.push_back(split(line));
    }
    return rows;
}

long long MariadbSession::number(const std::string& sql) {
    const auto rows = query(sql);
    if (rows.empty() || rows[0].empty()) {
        throw std::runtime_error("mariadb: no row: " + sql);
    }
    return std::stoll(rows[0][0]);
}

std::string MariadbSession::quoted(std::string_view text) {
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'' || letter == '\\') {
            result += '\\';
        }
        result += letter;
    }
    return result + "'";
}

}  // namespace stocktray::tests
