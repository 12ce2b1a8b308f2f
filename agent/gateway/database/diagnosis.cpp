#include "agent/gateway/database/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace stocktray::gateway::database {
namespace {

std::string lower(std::string_view text) {
    std::string low;
    for (const char c : text) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return low;
}

// In front of the driver's words stand names of companies and components in brackets.
std::string without_prefix(std::string_view text) {
    while (!text.empty() && text.front() == '[') {
        const auto end = text.find(']');
        if (end == text.npos || end + 1 >= text.size()) break;
        text.remove_prefix(end + 1);
    }
    std::string plain;
    for (const char c : text) plain += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    while (!plain.empty() && (plain.back() == ' ' || plain.back() == '.')) plain.pop_back();
    plain.erase(0, plain.find_first_not_of(' '));
    return plain;
}

struct Kind {
    std::vector<std::string_view> states{};  // beginnings of SQLSTATE
    std::vector<std::string_view> words{};   // or of these, in the driver's text
    std::string_view text{};
    std::string_view hint{};
};

// The first that fits. Words go before states: drivers put much under HY000 and 42000.
const std::array<Kind, 11>& kinds() {
    static const std::array<Kind, 11> all{{
        {{}, {"can't open lib", "cannot open lib", "file not found"}, "The ODBC driver cannot be loaded.",
         "Install its package: odbc-mariadb, odbc-postgresql, libsqliteodbc or tdsodbc. `odbcinst -q -d` lists the drivers."},
        {{"IM002", "IM003", "IM012"}, {"data source name not found"}, "There is no such data source or driver.",
         "`odbcinst -q -s` lists the data sources (DSN=...), `odbcinst -q -d` the drivers (Driver={...})."},
        {{"28"}, {"access denied for user", "password authentication failed", "login failed", "no password supplied",
                  "authentication failed"},
         "The database refuses the user or the password.", "Check UID in `connection`, and the password."},
        {{"42501"}, {"permission denied", "command denied", "permission was denied"},
         "The user has no right to read that.", "Give the user the right to SELECT from the tables of the query, and no other."},
        {{"42S02", "42P01"}, {"no such table", "doesn't exist", "invalid object name"}, "There is no such table.",
         "Check the names in `query`, and the database in `connection`."},
        {{"42S22", "42703"}, {"no such column", "unknown column", "invalid column name"}, "There is no such column.",
         "Check the names in `query`."},
        {{"3D", "08004"}, {"unknown database", "unable to open database", "connect failed"}, "There is no such database, or this user may not open it.",
         "Check the database's name in `connection` (of SQLite and Access: the path of the file), and this user's rights."},
        {{"HYT", "HY008", "57014"}, {"timeout", "timed out", "max_statement_time", "canceling statement"},
         "The database has not answered in time.", "Look whether it is busy or locked; make the query cheaper, or set answer_within."},
        {{"08", "57P"}, {"can't connect", "could not connect", "connection refused", "server has gone away",
                         "lost connection", "unknown mysql server host", "could not translate host name"},
         "The database cannot be reached.", "Look whether it runs, and whether server and port in `connection` are right."},
        {{"25006"}, {"read-only", "read only", "readonly"}, "The connection is read-only, and the statement writes.", ""},
        {{"42"}, {"syntax error"}, "The database does not understand the statement.", "Try it in the database's own program first."},
    }};
    return all;
}

std::string hide(std::string text, std::string_view secret) {
    if (secret.empty()) return text;
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at)) text.replace(at, secret.size(), "***");
    return text;
}

}  // namespace

Explained explain(const odbc::Diagnosis& diagnosis, std::string_view secret) {
    const auto words = hide(without_prefix(diagnosis.text), secret);
    const auto low = lower(diagnosis.text);
    const auto by_words = [&](const Kind& kind) {
        return std::ranges::any_of(kind.words, [&](std::string_view word) { return low.find(word) != low.npos; });
    };
    const auto by_state = [&](const Kind& kind) {
        return std::ranges::any_of(kind.states, [&](std::string_view state) { return diagnosis.state.starts_with(state); });
    };
    auto found = std::ranges::find_if(kinds(), by_words);
    if (found == kinds().end()) found = std::ranges::find_if(kinds(), by_state);
    if (found == kinds().end()) return {fmt::format("The database says: {} ({}).", words, diagnosis.state),
                "Those are the driver's words. Try `connection` with `isql -k`, and the statement in the database's own program."};
    return {fmt::format("{} It says: {} ({}).", found->text, words, diagnosis.state), std::string{found->hint}};
}

}  // namespace stocktray::gateway::database
