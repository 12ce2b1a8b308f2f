#include "agent/gateway/database/setup_test.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <unordered_set>

#include "agent/gateway/database/diagnosis.h"
#include "agent/gateway/database/handback.h"
#include "agent/gateway/database/login.h"
#include "agent/gateway/database/odbc_source.h"

namespace stocktray::gateway::database {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_named = 5;

Finding bad(const odbc::Diagnosis& diagnosis, const std::string& secret) {
    auto explained = explain(diagnosis, secret);
    return {false, std::move(explained.text), std::move(explained.hint)};
}

// What reading all rows shows.
struct Look {
    std::int64_t rows{0};
    std::size_t columns{0};
    std::int64_t bad_count{0};
    std::vector<std::string> bad{};
    std::unordered_set<std::size_t> hashes{};  // of the SKUs: a million of them would be too much

    void take(std::span<const Cell> cells) {
        ++rows;
        columns = cells.size();
        const auto row = read_row(raw_row(cells));
        if (!row)
            name(row.error().sku.empty() ? fmt::format("Row {}: {}.", rows, row.error().why)
                                         : fmt::format("{}: {}.", row.error().sku, row.error().why));
        else if (!hashes.insert(std::hash<std::string>{}(row->sku)).second)
            name(fmt::format("{}: the query answers it more than once.", row->sku));
    }
    void name(std::string sentence) {
        ++bad_count;
        if (bad.size() < most_named) bad.push_back(std::move(sentence));
    }
};

std::vector<Finding> test_query(odbc::Connection& connection, const Settings& settings, const std::string& secret) {
    Look look;
    const auto begun = Clock::now();
    const auto asked = connection.query(settings.query, [&](std::span<const Cell> cells) {
        look.take(cells);
        return look.columns >= 2 && look.columns <= 4;
    });
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    if (!asked) return {bad(asked.error(), secret)};
    if (look.rows == 0) return {{false, "The query answers no row.", "Check its conditions, and the database in `connection`."}};
    if (look.columns < 2 || look.columns > 4)
        return {{false, fmt::format("The query answers {} columns.", look.columns),
                 "It must be the SKU and its count, and may be a name and whether it is tracked, in this order."}};
    std::vector<Finding> findings;
    const auto rest = settings.pace.rest_after(took);
    findings.push_back({true, fmt::format("The query answers {} rows in {:.1f} s: it is asked every {:.0f} s.", look.rows,
                                          static_cast<double>(took.count()) / 1'000,
                                          static_cast<double>((took + rest).count()) / 1'000),
                        ""});
    for (const auto& sentence : look.bad)
        findings.push_back({false, sentence, "Such a row is not taken over. Correct it in the Order Manager, or leave it out of the query."});
    if (look.bad_count > static_cast<std::int64_t>(look.bad.size()))
        findings.push_back({false, fmt::format("{} more rows cannot be taken over.", look.bad_count - static_cast<std::int64_t>(look.bad.size())), ""});
    return findings;
}

Finding test_watermark(odbc::Connection& connection, const Settings& settings, const std::string& secret) {
    int rows = 0;
    bool has_value = false;
    const auto asked = connection.query(settings.watermark, [&](std::span<const Cell> cells) {
        ++rows;
        for (const auto& cell : cells) has_value = has_value || cell;
        return rows < 2;
    });
    if (!asked) return bad(asked.error(), secret);
    if (rows != 1 || !has_value)
        return {false, rows == 1 ? "The watermark is NULL." : "The watermark query must answer one row.",
                "It is one small value that changes with every change of a count: SELECT max(changed_at) FROM ..."};
    return {true, "The watermark query answers; the query runs when its answer changes.", ""};
}

}  // namespace

std::vector<Finding> test_set_up(const Settings& settings) {
    const auto login = login_of(settings);
    if (!login) return {{false, login.error().message, ""}};
    auto reader = open_reader(login->string, settings.answer_within);
    if (!reader) return {bad(reader.error(), login->secret)};
    std::vector<Finding> findings;
    findings.push_back({true, fmt::format("{} answers through {}.", reader->connection->dbms(), reader->connection->driver()), ""});
    findings.push_back({true, reader->guards, ""});
    for (auto& finding : test_query(*reader->connection, settings, login->secret)) findings.push_back(std::move(finding));
    (void)reader->connection->roll_back();
    if (!settings.watermark.empty()) findings.push_back(test_watermark(*reader->connection, settings, login->secret));
    if (const auto handback = make_handback(settings))
        for (auto& finding : handback->test()) findings.push_back(std::move(finding));
    return findings;
}

}  // namespace stocktray::gateway::database
