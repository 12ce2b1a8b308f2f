#include "agent/gateway/database/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace stocktray::gateway::database {
namespace {

// Words that change something, lock rows or call what might. INTO: SELECT … INTO makes a table or a file.
constexpr std::array forbidden{"INSERT",  "UPDATE", "DELETE",  "MERGE", "INTO", "CREATE",  "DROP",
                               "ALTER",   "TRUNCATE", "GRANT", "REVOKE", "EXEC",  "EXECUTE", "CALL",   "LOCK",
                               "ATTACH",  "PRAGMA", "COMMIT",  "ROLLBACK", "BEGIN", "SET",   "COPY",   "VACUUM"};

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '#' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// The end of what begins at `at` with `open`; a doubled closing sign is part of it.
std::size_t end_of_quoted(std::string_view sql, std::size_t at, char close) {
    for (std::size_t i = at + 1; i < sql.size(); ++i) {
        if (sql[i] != close) continue;
        if (i + 1 < sql.size() && sql[i + 1] == close)
            ++i;
        else
            return i + 1;
    }
    return sql.npos;
}

struct Read {
    std::vector<std::string> words{};  // in capitals, without quoted names
    bool has_open_quote{false};
    bool has_second_statement{false};
};

Read words_of(std::string_view sql) {
    Read read;
    bool is_ended = false;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++i;
            continue;
        }
        if (sql.substr(i, 2) == "--") {
            i = std::min(sql.find('\n', i), sql.size());
            continue;
        }
        // MariaDB runs what stands in /*! */.
        if (sql.substr(i, 2) == "/*" && sql.substr(i, 3) != "/*!" && sql.substr(i, 4) != "/*M!") {
            const auto end = sql.find("*/", i + 2);
            if (end == sql.npos) read.has_open_quote = true;
            i = end == sql.npos ? sql.size() : end + 2;
            continue;
        }
        if (is_ended) read.has_second_statement = true;
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const auto end = end_of_quoted(sql, i, c == '[' ? ']' : c);
            if (end == sql.npos) read.has_open_quote = true;
            i = std::min(end, sql.size());
            continue;
        }
        if (c == ';') is_ended = true;
        if (!is_word_character(c)) {
            ++i;
            continue;
        }
        std::string word;
        for (; i < sql.size() && is_word_character(sql[i]); ++i)
            word += static_cast<char>(std::toupper(static_cast<unsigned char>(sql[i])));
        read.words.push_back(std::move(word));
    }
    return read;
}

}  // namespace

std::optional<std::string> why_not_a_select(std::string_view sql) {
    const Read read = words_of(sql);
    if (read.words.empty()) return "The query is empty.";
    if (read.has_open_quote) return "The query has a quote or a comment that is not closed.";
    if (read.has_second_statement) return "The query has more than one statement; only one SELECT is run.";
    if (read.words.front() != "SELECT" && read.words.front() != "WITH")
        return fmt::format("The query begins with {}; only a SELECT is run.", read.words.front());
    for (const auto& word : read.words)
        if (std::ranges::count(forbidden, word) > 0)
            return fmt::format("The query has the word {}, which could change the database. A column of that name "
                               "must stand in quotes.",
                               word);
    return std::nullopt;
}

}  // namespace stocktray::gateway::database
