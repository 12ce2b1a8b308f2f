#include "agent/gateway/database/state.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "ipc/spool/place.h"

namespace stocktray::gateway::database {
namespace {

constexpr int format = 1;

const std::string select_items =
    "SELECT sku, number, told, offer_qoh, offer_expected, offer_version, is_described, name, is_tracked, version,"
    " setbacks, not_before, trouble, gone_at FROM items WHERE ";
const std::string find_item = select_items + "sku = ?";

std::string text_of(const SQLite::Column& column) {
    return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}
std::optional<std::int64_t> number_of(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt : std::optional{column.getInt64()};
}
void bind_maybe(SQLite::Statement& statement, int index, const std::optional<std::int64_t>& value) {
    if (value)
        statement.bind(index, *value);
    else
        statement.bind(index);
}
void bind_maybe(SQLite::Statement& statement, int index, const std::optional<std::string>& value) {
    if (value)
        statement.bind(index, *value);
    else
        statement.bind(index);
}

State::Kept kept_from(SQLite::Statement& row) {
    State::Kept kept;
    kept.sku = text_of(row.getColumn(0));
    kept.number = row.getColumn(1).getInt64();
    auto& watched = kept.watched;
    watched.told = number_of(row.getColumn(2));
    if (!row.getColumn(3).isNull())
        watched.offer = Offer{row.getColumn(3).getInt64(), row.getColumn(4).getInt64(), row.getColumn(5).getInt64()};
    if (row.getColumn(6).getInt() != 0) {
        watched.described.emplace();
        if (!row.getColumn(7).isNull()) watched.described->name = text_of(row.getColumn(7));
        watched.described->is_tracked = row.getColumn(8).getInt() != 0;
    }
    watched.version = row.getColumn(9).getInt64();
    watched.setbacks = row.getColumn(10).getInt();
    watched.not_before = row.getColumn(11).getInt64();
    watched.trouble = text_of(row.getColumn(12));
    kept.gone_at = number_of(row.getColumn(13));
    return kept;
}

std::string condition_of(State::Which which) {
    switch (which) {
        case State::Which::all: return "1";
        case State::Which::offered: return "offer_qoh IS NOT NULL";
        case State::Which::unasked: return "told IS NULL";
        case State::Which::troubled: return fmt::format("setbacks >= {}", setbacks_for_a_person);
        case State::Which::gone: return "gone_at IS NOT NULL";
    }
    return "0";
}

bool is_damage(const SQLite::Exception& error) {
    return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

}  // namespace

State::State(const std::filesystem::path& file)
    : database_{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5'000} {
    database_.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;");
    if (database_.execAndGet("PRAGMA user_version").getInt() == 0)
        database_.exec(fmt::format(
            "BEGIN;"
            "CREATE TABLE notes(name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;"
            "CREATE TABLE items("
            "  sku TEXT PRIMARY KEY,"
            "  number INTEGER NOT NULL UNIQUE,"
            "  told INTEGER,"
            "  offer_qoh INTEGER, offer_expected INTEGER, offer_version INTEGER,"
            "  is_described INTEGER NOT NULL, name TEXT, is_tracked INTEGER NOT NULL,"
            "  version INTEGER NOT NULL,"
            "  setbacks INTEGER NOT NULL,"
            "  not_before INTEGER NOT NULL,"
            "  trouble TEXT NOT NULL,"
            "  gone_at INTEGER,"
            "  CHECK((offer_qoh IS NULL) = (offer_expected IS NULL) AND (offer_qoh IS NULL) = (offer_version IS NULL))"
            ") STRICT, WITHOUT ROWID;"
            // What every round asks for is rare among a million.
            "CREATE INDEX items_offered ON items(sku) WHERE offer_qoh IS NOT NULL;"
            "CREATE INDEX items_unasked ON items(sku) WHERE told IS NULL;"
            "CREATE INDEX items_troubled ON items(sku) WHERE setbacks >= {};"
            "CREATE INDEX items_gone ON items(sku) WHERE gone_at IS NOT NULL;"
            "PRAGMA user_version={}; COMMIT;",
            setbacks_for_a_person, format));
    database_.exec(
        "CREATE TEMP TABLE staged(sku TEXT PRIMARY KEY, qoh INTEGER, name TEXT, is_tracked INTEGER, times INTEGER,"
        " is_sent INTEGER)"
        " WITHOUT ROWID");
    next_number_ = database_.execAndGet("SELECT coalesce(max(number) + 1, 0) FROM items").getInt64();
}

Result<std::unique_ptr<State>> State::open(const std::filesystem::path& file) {
    for (const bool is_first : {true, false}) {
        if (auto made = ipc::make_private_file(file); !made) return fail(ErrorCode::storage, made.error().message);
        try {
            {
                SQLite::Database look{file.string(), SQLite::OPEN_READWRITE, 5'000};
                if (look.execAndGet("PRAGMA user_version").getInt() > format)
                    return fail(ErrorCode::unsupported,
                                fmt::format("{} was written by a newer stocktray-gateway: use that one.", file.string()));
                if (text_of(look.execAndGet("PRAGMA quick_check(1)")) != "ok")
                    throw SQLite::Exception{"damaged", SQLITE_CORRUPT};
            }
            return std::make_unique<State>(file);
        } catch (const SQLite::Exception& error) {
            if (!is_first || !is_damage(error))
                return fail(ErrorCode::storage, fmt::format("{} cannot be used: {}.", file.string(), error.what()));
            // What was lost with it is asked of the agent.
            std::error_code none;
            for (const auto* end : {"", "-wal", "-shm"})
                std::filesystem::rename(file.string() + end, file.string() + ".damaged" + end, none);
        }
    }
    return fail(ErrorCode::storage, fmt::format("{} cannot be used.", file.string()));
}

SQLite::Statement& State::prepared(const std::string& sql) {
    auto& statement = statements_[sql];
    if (!statement) statement = std::make_unique<SQLite::Statement>(database_, sql);
    statement->reset();
    statement->clearBindings();
    return *statement;
}

void State::together(const std::function<void()>& work) {
    SQLite::Transaction transaction{database_};
    work();
    transaction.commit();
}

std::optional<State::Kept> State::find(const std::string& sku) {
    auto& query = prepared(find_item);
    query.bindNoCopy(1, sku);
    if (!query.executeStep()) return std::nullopt;
    auto kept = kept_from(query);
    query.reset();
    return kept;
}

void State::save(const std::string& sku, const Watched& watched) {
    auto& query = prepared(
        "INSERT INTO items(sku, number, told, offer_qoh, offer_expected, offer_version, is_described, name, is_tracked,"
        " version, setbacks, not_before, trouble) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
        " ON CONFLICT(sku) DO UPDATE SET told = ?3, offer_qoh = ?4, offer_expected = ?5, offer_version = ?6,"
        " is_described = ?7, name = ?8, is_tracked = ?9, version = ?10, setbacks = ?11, not_before = ?12, trouble = ?13"
        " RETURNING number");
    const auto& offer = watched.offer;
    const auto part = [&](std::int64_t Offer::*member) { return offer ? std::optional{(*offer).*member} : std::nullopt; };
    query.bind(1, sku);
    query.bind(2, next_number_);
    bind_maybe(query, 3, watched.told);
    bind_maybe(query, 4, part(&Offer::qoh));
    bind_maybe(query, 5, part(&Offer::expected));
    bind_maybe(query, 6, part(&Offer::version));
    query.bind(7, watched.described ? 1 : 0);
    bind_maybe(query, 8, watched.described ? watched.described->name : std::nullopt);
    query.bind(9, !watched.described || watched.described->is_tracked ? 1 : 0);
    query.bind(10, watched.version);
    query.bind(11, watched.setbacks);
    query.bind(12, watched.not_before);
    query.bind(13, watched.trouble);
    std::int64_t number = -1;
    while (query.executeStep()) number = query.getColumn(0).getInt64();
    if (number == next_number_) ++next_number_;
}

void State::set_gone(const std::string& sku, std::optional<std::int64_t> gone_at) {
    auto& query = prepared("UPDATE items SET gone_at = ?2 WHERE sku = ?1");
    query.bind(1, sku);
    bind_maybe(query, 2, gone_at);
    query.exec();
}

std::int64_t State::end_of_numbers() { return next_number_; }

std::int64_t State::count_present() {
    return count(Which::all) - count(Which::gone);
}

std::vector<State::Kept> State::list(Which which, const std::string& after, std::size_t most) {
    SQLite::Statement query{database_, select_items + condition_of(which) + " AND sku > ? ORDER BY sku LIMIT ?"};
    query.bind(1, after);
    query.bind(2, static_cast<std::int64_t>(most));
    std::vector<Kept> kept;
    while (query.executeStep()) kept.push_back(kept_from(query));
    return kept;
}

std::int64_t State::count(Which which) {
    return database_.execAndGet(fmt::format("SELECT count(*) FROM items WHERE {}", condition_of(which))).getInt64();
}

std::optional<std::string> State::note(const std::string& name) {
    auto& query = prepared("SELECT text FROM notes WHERE name = ?");
    query.bind(1, name);
    if (!query.executeStep()) return std::nullopt;
    auto text = text_of(query.getColumn(0));
    query.reset();
    return text;
}

void State::set_note(const std::string& name, const std::optional<std::string>& text) {
    auto& query = text ? prepared("INSERT OR REPLACE INTO notes VALUES(?, ?)") : prepared("DELETE FROM notes WHERE name = ?");
    query.bind(1, name);
    if (text) query.bind(2, *text);
    query.exec();
}

void State::clear_staged() { database_.exec("DELETE FROM staged"); }

void State::stage(const Counted& counted) {
    auto& query = prepared(
        "INSERT INTO staged VALUES(?, ?, ?, ?, 1, 0) ON CONFLICT(sku) DO UPDATE SET times = times + 1");
    query.bind(1, counted.sku);
    query.bind(2, counted.qoh);
    bind_maybe(query, 3, counted.name);
    query.bind(4, counted.is_tracked ? 1 : 0);
    query.exec();
}

void State::stage_as_twice(const std::string& sku) {
    auto& query = prepared("INSERT INTO staged VALUES(?, 0, NULL, 1, 2, 0) ON CONFLICT(sku) DO UPDATE SET times = times + 1");
    query.bind(1, sku);
    query.exec();
}

std::vector<Counted> State::staged(const std::string& after, std::size_t most) {
    return staged_where("times = 1", after, most);
}

std::vector<Counted> State::staged_and_sent(const std::string& after, std::size_t most) {
    return staged_where("is_sent", after, most);
}

void State::mark_sent(const std::string& sku) {
    auto& query = prepared("UPDATE staged SET is_sent = 1 WHERE sku = ?");
    query.bind(1, sku);
    query.exec();
}

std::vector<Counted> State::staged_where(const std::string& condition, const std::string& after, std::size_t most) {
    auto& query = prepared("SELECT sku, qoh, name, is_tracked FROM staged WHERE " + condition + " AND sku > ? ORDER BY sku LIMIT ?");
    query.bind(1, after);
    query.bind(2, static_cast<std::int64_t>(most));
    std::vector<Counted> rows;
    while (query.executeStep()) {
        auto& row = rows.emplace_back();
        row.sku = text_of(query.getColumn(0));
        row.qoh = query.getColumn(1).getInt64();
        if (!query.getColumn(2).isNull()) row.name = text_of(query.getColumn(2));
        row.is_tracked = query.getColumn(3).getInt() != 0;
    }
    query.reset();
    return rows;
}

std::vector<std::string> State::staged_twice(std::size_t most) {
    auto& query = prepared("SELECT sku FROM staged WHERE times > 1 ORDER BY sku LIMIT ?");
    query.bind(1, static_cast<std::int64_t>(most));
    std::vector<std::string> skus;
    while (query.executeStep()) skus.push_back(text_of(query.getColumn(0)));
    query.reset();
    return skus;
}

std::int64_t State::count_staged_twice() {
    return database_.execAndGet("SELECT count(*) FROM staged WHERE times > 1").getInt64();
}

}  // namespace stocktray::gateway::database
