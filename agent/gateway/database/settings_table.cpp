#include "agent/gateway/database/settings_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/gateway/database/statement.h"

namespace stocktray::gateway::database {
namespace {

std::string lower(std::string_view text) {
    std::string low;
    for (const char c : text) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return low;
}

bool has_password(std::string_view connection) {
    const auto low = ";" + lower(connection);
    for (const auto* key : {"pwd", "password"}) {
        for (auto at = low.find(key); at != low.npos; at = low.find(key, at + 1)) {
            auto before = low.find_last_not_of(" {", at - 1);
            auto after = low.find_first_not_of(' ', at + std::string_view{key}.size());
            if (low[before] == ';' && after != low.npos && low[after] == '=') return true;
        }
    }
    return false;
}

// Begins files' names and goes into ids.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::ptrdiff_t marks_in(std::string_view statement) { return std::ranges::count(statement, '?'); }

}  // namespace

Result<Settings> read_settings(const settings::File& file, const toml::table& table) {
    Settings read;
    std::int64_t load_percent = read.pace.load_percent;
    std::int64_t ask_above = read.limits.percent;
    Milliseconds answer_within = read.answer_within;
    Milliseconds every = read.pace.every;
    const settings::Setters setters{
        {"name", settings::text(read.name)},
        {"connection", settings::text(read.connection)},
        {"password_file", settings::path(read.password_file)},
        {"password_variable", settings::text(read.password_variable)},
        {"query", settings::text(read.query)},
        {"watermark", settings::text(read.watermark)},
        {"every", settings::seconds(every)},
        {"load_percent", settings::number(load_percent, 1, 100)},
        {"answer_within", settings::seconds(answer_within)},
        {"ask_above_percent", settings::number(ask_above, 0, 100)},
        {"get_qoh_folder", settings::path(read.handback.folder)},
        {"get_qoh_statement", settings::text(read.handback.statement)},
        {"get_qoh_store_cursor", settings::text(read.handback.store_cursor)},
        {"get_qoh_read_cursor", settings::text(read.handback.read_cursor)},
    };
    if (auto good = file.apply(table, "database.", setters); !good) return Failure{good.error()};
    const auto wrong = [&](const char* key, std::string_view what) {
        const auto* node = table.get(key);
        return file.wrong(node != nullptr ? *node : static_cast<const toml::node&>(table), what);
    };
    if (!is_name(read.name)) return wrong("name", "database.name is 1 to 40 letters, digits, - and _.");
    if (read.connection.empty()) return wrong("connection", "database.connection is missing: a DSN or an ODBC connection string.");
    if (read.connection.find('=') == std::string::npos) read.connection = "DSN=" + read.connection;
    if (has_password(read.connection))
        return wrong("connection", "a password does not belong into this file: use database.password_file or "
                                   "database.password_variable.");
    if (!read.password_file.empty() && !read.password_variable.empty())
        return wrong("password_variable", "database.password_file and database.password_variable exclude each other.");
    if (const auto why = why_not_a_select(read.query)) return wrong("query", "database.query: " + *why);
    if (!read.watermark.empty())
        if (const auto why = why_not_a_select(read.watermark)) return wrong("watermark", "database.watermark: " + *why);
    if (every < Milliseconds{1'000}) return wrong("every", "database.every is at least 1 second.");
    if (answer_within < Milliseconds{1'000}) return wrong("answer_within", "database.answer_within is at least 1 second.");
    read.pace.every = every;
    read.pace.load_percent = static_cast<int>(load_percent);
    read.limits.percent = static_cast<int>(ask_above);
    read.answer_within = std::chrono::duration_cast<std::chrono::seconds>(answer_within);

    const auto& back = read.handback;
    if (back.is_by_file() && back.is_by_statement())
        return wrong("get_qoh_statement", "database.get_qoh_folder and database.get_qoh_statement exclude each other.");
    if (back.is_by_statement() != !back.store_cursor.empty() || back.is_by_statement() != !back.read_cursor.empty())
        return wrong("get_qoh_statement", "database.get_qoh_statement, get_qoh_store_cursor and get_qoh_read_cursor go "
                                          "together: without a stored cursor a restart would add pieces twice.");
    if (back.is_by_statement()) {
        if (marks_in(back.statement) != 2)
            return wrong("get_qoh_statement", "database.get_qoh_statement needs two ?: the pieces to add, then the SKU.");
        if (marks_in(back.store_cursor) != 1)
            return wrong("get_qoh_store_cursor", "database.get_qoh_store_cursor needs one ?: the cursor.");
        if (const auto why = why_not_a_select(back.read_cursor))
            return wrong("get_qoh_read_cursor", "database.get_qoh_read_cursor: " + *why);
    }
    return read;
}

}  // namespace stocktray::gateway::database
