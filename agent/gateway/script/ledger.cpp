#include "agent/gateway/script/ledger.h"

#include <fmt/format.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <algorithm>
#include <charconv>
#include <mutex>

#include "ipc/random_id.h"
#include "ipc/spool/place.h"

namespace stocktray::gateway {
namespace {

constexpr int format = 2;
constexpr std::int64_t day_ms = 24LL * 3'600 * 1'000;

// Of a number that has no other digits than these; others are names.
std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

void create(SQLite::Database& database) {
    database.exec(
        "CREATE TABLE posts(id TEXT PRIMARY KEY, client TEXT NOT NULL, cart TEXT NOT NULL, sku TEXT NOT NULL,"
        "  delta INTEGER NOT NULL, at INTEGER NOT NULL,"
        "  answer TEXT NOT NULL CHECK(answer IN ('arrived', 'begun', 'written', 'unread', 'doubtful')),"
        "  is_doubtful INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE INDEX posts_open ON posts(client, cart, sku, delta) WHERE answer <> 'written';"
        "CREATE INDEX posts_at ON posts(at);"
        "CREATE TABLE claims(post TEXT NOT NULL REFERENCES posts ON DELETE CASCADE, cart TEXT NOT NULL, number TEXT NOT NULL,"
        "  pieces INTEGER NOT NULL) STRICT;"
        "CREATE INDEX claims_post ON claims(post);"
        "CREATE TABLE orders(seq INTEGER PRIMARY KEY AUTOINCREMENT, cart TEXT NOT NULL, number TEXT NOT NULL,"
        "  at INTEGER NOT NULL, imported_at INTEGER, state TEXT NOT NULL CHECK(state IN ('seen', 'imported', 'reported')),"
        "  UNIQUE(cart, number)) STRICT;"
        "CREATE TABLE lines(seq INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE, sku TEXT NOT NULL,"
        "  qty INTEGER NOT NULL, claimed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(seq, sku)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX lines_open ON lines(sku, seq) WHERE claimed < qty;"
        "CREATE TABLE known(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;");
}

std::string name_of_imported_before(std::string_view cart) { return fmt::format("imported-before:{}", cart); }

std::string_view word(Answer answer) {
    switch (answer) {
        case Answer::arrived: return "arrived";
        case Answer::begun: return "begun";
        case Answer::written: return "written";
        case Answer::unread: return "unread";
        case Answer::doubtful: return "doubtful";
    }
    return "doubtful";
}

template <class... Values>
void run(SQLite::Database& database, const char* sql, const Values&... values) {
    SQLite::Statement statement{database, sql};
    int at = 0;
    (statement.bind(++at, values), ...);
    statement.exec();
}

}  // namespace

struct Ledger::State {
    State(std::filesystem::path at, SQLite::Database opened) : file{std::move(at)}, database{std::move(opened)} {}

    std::filesystem::path file;
    SQLite::Database database;
    std::mutex mutex{};

    template <class Use>
    auto written(Use use) -> Result<decltype(use())> {
        const std::lock_guard lock{mutex};
        try {
            SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
            if constexpr (std::is_void_v<decltype(use())>) {
                use();
                transaction.commit();
                return {};
            } else {
                auto result = use();
                transaction.commit();
                return result;
            }
        } catch (const SQLite::Exception& error) {
            return fail(ErrorCode::storage, fmt::format("{} cannot be used: {}.", file.string(), error.what()));
        }
    }

    std::vector<Claim> claim(const std::string& post, const PostKey& key);
    std::vector<Claim> claims_of(const std::string& post);
    std::vector<PassedLine> lines_of(std::int64_t seq);
    bool has_passed(std::string_view cart, std::string_view number);
    // Orders up to this one were imported before they could pass by here; -1: of none that is known.
    std::int64_t imported_before(std::string_view cart);
    void raise_imported_before(std::string_view cart, std::int64_t number);
    std::optional<std::string> remembered(std::string_view name);
    void remember(std::string_view name, std::string_view value);
};

Result<Ledger> Ledger::open(const std::filesystem::path& file) {
    if (auto made = ipc::make_private_file(file); !made) return fail(ErrorCode::storage, made.error().message);
    try {
        SQLite::Database database{file.string(), SQLite::OPEN_READWRITE, 5'000};
        database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
        const int version = database.execAndGet("PRAGMA user_version").getInt();
        if (version > format)
            return fail(ErrorCode::unsupported, fmt::format("{} was written by a newer version: update this program.", file.string()));
        if (version == 0) create(database);
        if (version == 1) database.exec("ALTER TABLE posts ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0");
        database.exec(fmt::format("PRAGMA user_version={}", format));
        transaction.commit();
        return Ledger{std::make_unique<State>(file, std::move(database))};
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::storage, fmt::format("{} cannot be used: {}.", file.string(), error.what()));
    }
}

Ledger::Ledger(std::unique_ptr<State> state) : state_{std::move(state)} {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

// --- posts -----------------------------------------------------------------------------------------------

std::vector<Claim> Ledger::State::claim(const std::string& post, const PostKey& key) {
    std::vector<Claim> claims;
    struct Open {
        std::int64_t seq;
        Claim claim;
    };
    std::vector<Open> open;
    {
        SQLite::Statement select{database,
                                 "SELECT lines.seq, cart, number, qty - claimed FROM lines JOIN orders USING(seq)"
                                 " WHERE sku = ? AND claimed < qty AND cart <> ? ORDER BY lines.seq"};
        select.bind(1, key.sku);
        select.bind(2, key.cart);
        for (auto left = -key.delta; left > 0 && select.executeStep();) {
            const auto pieces = std::min(left, select.getColumn(3).getInt64());
            left -= pieces;
            open.push_back({select.getColumn(0).getInt64(), {select.getColumn(1), select.getColumn(2), pieces}});
        }
    }
    for (auto& [seq, claim] : open) {
        run(database, "UPDATE lines SET claimed = claimed + ? WHERE seq = ? AND sku = ?", claim.pieces, seq, key.sku);
        run(database, "INSERT INTO claims VALUES(?, ?, ?, ?)", post, claim.cart, claim.order, claim.pieces);
        claims.push_back(std::move(claim));
    }
    return claims;
}

std::vector<Claim> Ledger::State::claims_of(const std::string& post) {
    std::vector<Claim> claims;
    SQLite::Statement select{database, "SELECT cart, number, pieces FROM claims WHERE post = ? ORDER BY rowid"};
    select.bind(1, post);
    while (select.executeStep()) claims.push_back({select.getColumn(0), select.getColumn(1), select.getColumn(2).getInt64()});
    return claims;
}

Result<Arrived> Ledger::arrive(const PostKey& key, bool claims_orders, std::int64_t now) {
    return state_->written([&] {
        auto& database = state_->database;
        Arrived arrived{ipc::random_id()};
        std::string earlier;
        std::string answer;
        std::int64_t since = 0;
        bool is_doubtful = false;
        {
            SQLite::Statement select{database,
                                     "SELECT id, answer, at, is_doubtful FROM posts WHERE client = ? AND cart = ? AND sku = ? AND delta = ?"
                                     " AND answer <> 'written'"
                                     " ORDER BY answer = 'begun' DESC, answer = 'arrived' DESC, answer = 'doubtful', at LIMIT 1"};
            select.bind(1, key.client);
            select.bind(2, key.cart);
            select.bind(3, key.sku);
            select.bind(4, key.delta);
            if (select.executeStep()) {
                earlier = select.getColumn(0).getString();
                answer = select.getColumn(1).getString();
                since = select.getColumn(2).getInt64();
                is_doubtful = select.getColumn(3).getInt() != 0;
            }
        }
        if (answer == "begun") return Arrived{earlier, Arrived::As::too_early};
        if (answer == "arrived")
            return Arrived{earlier, is_doubtful ? Arrived::As::doubtful_repeat : Arrived::As::new_post, state_->claims_of(earlier), since};
        if (answer == "unread") {
            // Not answered yet either: a crash, or an error that is told, leaves it as one that is to be taken up again.
            run(database, "UPDATE posts SET answer = 'arrived' WHERE id = ?", earlier);
            arrived.id = earlier;
            arrived.as = Arrived::As::repeat;
            return arrived;
        }
        if (answer == "doubtful") {
            // Once: the pair is closed.
            run(database, "UPDATE posts SET answer = 'written' WHERE id = ?", earlier);
            arrived.as = Arrived::As::doubtful_repeat;
        }
        run(database, "INSERT INTO posts(id, client, cart, sku, delta, at, answer, is_doubtful) VALUES(?, ?, ?, ?, ?, ?, 'arrived', ?)",
            arrived.id, key.client, key.cart, key.sku, key.delta, now, arrived.as == Arrived::As::doubtful_repeat ? 1 : 0);
        if (claims_orders && key.delta < 0) arrived.claims = state_->claim(arrived.id, key);
        return arrived;
    });
}

Result<void> Ledger::note(const std::string& id, Answer answer) {
    return state_->written([&] {
        run(state_->database, "UPDATE posts SET answer = ? WHERE id = ?", std::string{word(answer)}, id);
    });
}

Result<std::vector<Unsubmitted>> Ledger::recover() {
    return state_->written([&] {
        std::vector<Unsubmitted> unsubmitted;
        {
            SQLite::Statement select{state_->database, "SELECT client, cart, sku, delta, id, at, is_doubtful FROM posts"
                                                       " WHERE answer = 'arrived' ORDER BY at"};
            while (select.executeStep())
                unsubmitted.push_back({{select.getColumn(0), select.getColumn(1), select.getColumn(2), select.getColumn(3).getInt64()},
                                       {select.getColumn(4),
                                        select.getColumn(6).getInt() != 0 ? Arrived::As::doubtful_repeat : Arrived::As::new_post,
                                        {},
                                        select.getColumn(5).getInt64()}});
        }
        for (auto& post : unsubmitted) post.arrived.claims = state_->claims_of(post.arrived.id);
        state_->database.exec("UPDATE posts SET answer = 'doubtful' WHERE answer = 'begun'");
        return unsubmitted;
    });
}

// --- web orders ------------------------------------------------------------------------------------------

Result<std::vector<std::string>> Ledger::passed(std::string_view cart, const std::vector<PassedOrder>& orders, std::int64_t now) {
    return state_->written([&] {
        const auto before = state_->imported_before(cart);
        std::vector<std::string> known;
        for (const auto& order : orders) {
            const auto number = number_of(order.number);
            if (number && *number <= before && !state_->has_passed(cart, order.number)) {
                known.push_back(order.number);
                continue;
            }
            SQLite::Statement put{state_->database,
                                  "INSERT INTO orders(cart, number, at, state) VALUES(?1, ?2, ?3, 'seen')"
                                  // Still `at` the first time: since then the Order Manager may have taken its pieces.
                                  " ON CONFLICT(cart, number) DO UPDATE SET at = at WHERE state = 'seen' RETURNING seq"};
            put.bind(1, std::string{cart});
            put.bind(2, order.number);
            put.bind(3, now);
            if (!put.executeStep()) continue;  // imported long ago
            const auto seq = put.getColumn(0).getInt64();
            while (put.executeStep()) {
            }
            for (const auto& line : order.lines)
                run(state_->database,
                    "INSERT INTO lines(seq, sku, qty) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET qty = ?3", seq, line.sku,
                    line.qty);
            // What an edited order does not have any more; pieces that a post has taken for it stay taken.
            std::vector<std::string> gone;
            for (const auto& line : state_->lines_of(seq))
                if (std::ranges::count(order.lines, line.sku, &PassedLine::sku) == 0) gone.push_back(line.sku);
            for (const auto& sku : gone) run(state_->database, "DELETE FROM lines WHERE seq = ? AND sku = ?", seq, sku);
        }
        return known;
    });
}

bool Ledger::State::has_passed(std::string_view cart, std::string_view number) {
    SQLite::Statement select{database, "SELECT 1 FROM orders WHERE cart = ? AND number = ?"};
    select.bind(1, std::string{cart});
    select.bind(2, std::string{number});
    return select.executeStep();
}

std::vector<PassedLine> Ledger::State::lines_of(std::int64_t seq) {
    std::vector<PassedLine> lines;
    SQLite::Statement select{database, "SELECT sku, qty FROM lines WHERE seq = ? ORDER BY sku"};
    select.bind(1, seq);
    while (select.executeStep()) lines.push_back({select.getColumn(0), select.getColumn(1).getInt64()});
    return lines;
}

Result<std::optional<ImportNews>> Ledger::imported(std::string_view cart, std::string_view last_order, std::int64_t now) {
    return state_->written([&]() -> std::optional<ImportNews> {
        auto& database = state_->database;
        const std::string cart_id{cart};
        const auto limit = number_of(last_order);
        struct Seen {
            std::int64_t seq;
            std::string number;
            std::string state;
        };
        std::vector<Seen> seen;
        {
            SQLite::Statement select{database, "SELECT seq, number, state FROM orders WHERE cart = ? AND state <> 'reported'"
                                               " ORDER BY seq"};
            select.bind(1, cart_id);
            while (select.executeStep()) seen.push_back({select.getColumn(0).getInt64(), select.getColumn(1), select.getColumn(2)});
        }
        const auto named = std::ranges::find(seen, last_order, &Seen::number);
        // A name that did not pass by lately says nothing, unless it was the last one that did.
        if (!limit && named == seen.end() && !state_->has_passed(cart, last_order)) return std::nullopt;
        if (limit) {
            SQLite::Statement any{database, "SELECT 1 FROM orders WHERE cart = ? LIMIT 1"};
            any.bind(1, cart_id);
            if (!any.executeStep()) state_->raise_imported_before(cart, *limit);
        }
        ImportNews news{std::string{last_order}, {}};
        for (const auto& order : seen) {
            const auto number = number_of(order.number);
            const bool is_reached = order.state == "imported" ||
                                    (limit && number ? *number <= *limit : named != seen.end() && order.seq <= named->seq);
            if (!is_reached) continue;
            run(database, "UPDATE orders SET state = 'imported', imported_at = ? WHERE seq = ? AND state = 'seen'", now, order.seq);
            SQLite::Statement claimed{database, "SELECT imported_at, (SELECT count(*) FROM lines WHERE seq = ?1 AND claimed < qty),"
                                                " at FROM orders WHERE seq = ?1"};
            claimed.bind(1, order.seq);
            claimed.executeStep();
            news.orders.push_back({order.number, state_->lines_of(order.seq), claimed.getColumn(1).getInt64() == 0,
                                   claimed.getColumn(0).getInt64(), claimed.getColumn(2).getInt64()});
        }
        return news;
    });
}

Result<void> Ledger::reported(std::string_view cart, const std::vector<ImportedOrder>& orders) {
    return state_->written([&] {
        for (const auto& order : orders)
            run(state_->database, "UPDATE orders SET state = 'reported' WHERE cart = ? AND number = ? AND state = 'imported'",
                std::string{cart}, order.number);
    });
}

// --- what was known --------------------------------------------------------------------------------------

std::optional<std::string> Ledger::State::remembered(std::string_view name) {
    SQLite::Statement select{database, "SELECT value FROM known WHERE name = ?"};
    select.bind(1, std::string{name});
    if (!select.executeStep()) return std::nullopt;
    const auto column = select.getColumn(0);
    return std::string{static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

void Ledger::State::remember(std::string_view name, std::string_view value) {
    SQLite::Statement put{database, "INSERT INTO known VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2"};
    put.bind(1, std::string{name});
    put.bind(2, value.data(), static_cast<int>(value.size()));
    put.exec();
}

std::int64_t Ledger::State::imported_before(std::string_view cart) {
    return number_of(remembered(name_of_imported_before(cart)).value_or("")).value_or(-1);
}

void Ledger::State::raise_imported_before(std::string_view cart, std::int64_t number) {
    if (number > imported_before(cart)) remember(name_of_imported_before(cart), std::to_string(number));
}

Result<std::optional<std::string>> Ledger::remembered(std::string_view name) {
    return state_->written([&] { return state_->remembered(name); });
}

Result<void> Ledger::remember(std::string_view name, std::string_view value) {
    return state_->written([&] { state_->remember(name, value); });
}

Result<void> Ledger::prune(std::int64_t now) {
    return state_->written([&] {
        auto& database = state_->database;
        run(database, "DELETE FROM posts WHERE at < ?", now - 30 * day_ms);
        struct Last {
            std::string cart;
            std::int64_t number;
        };
        std::vector<Last> last;
        {
            SQLite::Statement select{database, "SELECT cart, max(CAST(number AS INTEGER)) FROM orders"
                                               " WHERE at < ? AND state = 'reported' AND number NOT GLOB '*[^0-9]*' GROUP BY cart"};
            select.bind(1, now - 90 * day_ms);
            while (select.executeStep()) last.push_back({select.getColumn(0), select.getColumn(1).getInt64()});
        }
        for (const auto& [cart, number] : last) state_->raise_imported_before(cart, number);
        run(database, "DELETE FROM orders WHERE at < ?", now - 90 * day_ms);
    });
}

}  // namespace stocktray::gateway
