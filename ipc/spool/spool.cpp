#include "ipc/spool/spool.h"

#include <fmt/format.h>
#include <SQLiteCpp/Savepoint.h>
#include <sodium.h>
#include <sqlite3.h>
#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "ipc/codec/decode.h"
#include "ipc/codec/encode.h"
#include "ipc/path_text.h"
#include "ipc/random_id.h"
#include "ipc/spool/place.h"
#include "ipc/spool/repair.h"
#include "ipc/spool/table.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;
using namespace spool_table;

constexpr std::size_t most_bytes = 2u * 1'024 * 1'024;  // of one reading: well below a message's limit

// A source is printable ASCII of at most 64 bytes, of which 33 are the random part.
std::string source_for(std::string_view client) {
    std::string source;
    for (const char c : client.substr(0, 31)) source += c > ' ' && c < 127 ? c : '-';
    return fmt::format("{}-{}", source.empty() ? "client" : source, random_id());
}

template <Message T>
Expected<T> read_body(const std::string& body) {
    const Document document = Document::parse(body);
    return decode<T>(document.root());
}

// What makes two changes the same for the agent: the rest may differ when one is submitted again.
bool means_the_same(const qoh::Change& a, const qoh::Change& b) {
    return a.sku == b.sku && a.delta == b.delta && a.qoh == b.qoh && a.version == b.version && a.reason == b.reason &&
           a.origin_cart == b.origin_cart && a.origin_listing == b.origin_listing;
}

}  // namespace

Expected<qoh::Change> SpoolEntry::change() const { return read_body<qoh::Change>(body); }
Expected<orders::Imported> SpoolEntry::imported() const { return read_body<orders::Imported>(body); }

struct Spool::State {
    fs::path file;
    SpoolGuard guard;
    SQLite::Database database;
    std::string source{};
    std::string found{};
    bool has_failed{false};  // the last use could not write

    // Everything that touches the file goes through here.
    template <class Use>
    auto guarded(Use use) -> Expected<decltype(use())> {
        try {
            // What was opened for reading only stays so, whatever becomes of the disk.
            if (std::exchange(has_failed, false)) database = spool_table::open(file);
            if constexpr (std::is_void_v<decltype(use())>) {
                use();
                return {};
            } else {
                return use();
            }
        } catch (const SQLite::Exception& error) {
            has_failed = needs_reopening(error);
            return failure(file, error);
        }
    }
    template <class Use>
    auto written(Use use) {
        return guarded([&] {
            SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
            if (has_moved(database)) throw SQLite::Exception{"the file is gone", SQLITE_READONLY_DBMOVED};
            if constexpr (std::is_void_v<decltype(use())>) {
                use();
                transaction.commit();
            } else {
                auto result = use();
                transaction.commit();
                return result;
            }
        });
    }

    // Outlives the process, not a power cut.
    template <class Use>
    Expected<void> written_unsynced(Use use) {
        auto written_down = guarded([&] { database.exec("PRAGMA synchronous=NORMAL"); });
        if (written_down) written_down = written(use);
        auto as_before = guarded([&] { database.exec("PRAGMA synchronous=FULL"); });
        return written_down ? std::move(as_before) : std::move(written_down);
    }

    std::vector<SpoolEntry> read(SQLite::Statement& statement, std::size_t most);
    void put_right(std::int64_t seq, const std::string& body, const SpoolEntry& entry);
    std::int64_t insert(const SpoolEntry& entry);
    Appended insert_all(Submission changes, std::int64_t now);
    void set_aside(const SpoolEntry& entry);
    std::string about(const std::string& name);
    void set_about(const std::string& name, const std::string& value);
};

// An entry that is not what was written is not delivered: it is named, and the ones behind it go on.
std::vector<SpoolEntry> Spool::State::read(SQLite::Statement& statement, std::size_t most) {
    std::vector<SpoolEntry> entries;
    std::size_t bytes = 0;
    while (entries.size() < most && bytes < most_bytes && statement.executeStep()) {
        Row row = row_of(statement);
        row.entry.is_damaged = !row.is_good;
        if (!row.is_good && row.entry.state == SpoolState::waiting) {
            row.entry.state = SpoolState::doubtful;
            row.entry.message = "It was damaged on the disk: what stands there is not what was submitted.";
        }
        bytes += row.entry.body.size();
        entries.push_back(std::move(row.entry));
    }
    return entries;
}

std::int64_t Spool::State::insert(const SpoolEntry& entry) {
    SQLite::Statement insert{database, "INSERT INTO entries(kind, id, body, sum, at, state) VALUES(?, ?, ?, ?, ?, 'waiting')"};
    const auto sum = sum_of(entry.kind, entry.id, entry.body);
    insert.bind(1, std::string{to_string(entry.kind)});
    insert.bind(2, entry.id);
    insert.bind(3, entry.body.data(), static_cast<int>(entry.body.size()));
    insert.bind(4, sum.data(), static_cast<int>(sum.size()));
    insert.bind(5, entry.at);
    insert.exec();
    return database.getLastInsertRowid();
}

// Where it waits, or would if it were whole.
void Spool::State::put_right(std::int64_t seq, const std::string& body, const SpoolEntry& entry) {
    SQLite::Statement update{database, "UPDATE entries SET body = ?1, sum = ?2, state = 'waiting', code = '', message = '', ended_at = NULL"
                                       " WHERE seq = ?3 AND state IN ('waiting', 'doubtful')"};
    const auto sum = sum_of(entry.kind, entry.id, body);
    update.bind(1, body.data(), static_cast<int>(body.size()));
    update.bind(2, sum.data(), static_cast<int>(sum.size()));
    update.bind(3, seq);
    update.exec();
}

void Spool::State::set_aside(const SpoolEntry& entry) {
    SQLite::Statement update{database, "UPDATE entries SET state = 'doubtful', message = ? WHERE seq = ?"};
    update.bind(1, entry.message);
    update.bind(2, entry.seq);
    update.exec();
}

std::string Spool::State::about(const std::string& name) {
    SQLite::Statement select{database, "SELECT value FROM about WHERE name = ?"};
    select.bind(1, name);
    return select.executeStep() ? select.getColumn(0).getString() : "";
}

void Spool::State::set_about(const std::string& name, const std::string& value) {
    SQLite::Statement put{database, "INSERT INTO about VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2"};
    put.bind(1, name);
    put.bind(2, value);
    put.exec();
}

Spool::Spool(std::unique_ptr<State> state) : state_{std::move(state)} {}
Spool::Spool(Spool&&) noexcept = default;
Spool& Spool::operator=(Spool&&) noexcept = default;
Spool::~Spool() = default;

namespace {

// Programs that start together meet while the file is made: SQLite does not wait for the one that turns on the log,
// and whoever looks for an unfinished repair has the guard for a moment.
bool may_try_again(std::chrono::steady_clock::time_point until) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return true;
}

}  // namespace

Expected<Spool> Spool::open(const fs::path& file, std::string_view client, OnDamage on_damage) {
    if (sodium_init() < 0) return fail(Code::storage, "The system has no source of random numbers.");
    const auto until = std::chrono::steady_clock::now() + wait_for_others;
    const auto make_whole = [&](const fs::path& draft) { create_in(draft, source_for(client)); };
    bool is_repaired = false;
    std::string found;
    for (;;) {
        // Nobody else has it open: then a repair that was cut short is ended before anything is made anew.
        if (auto alone = SpoolGuard::take(file, SpoolGuard::Share::alone); alone && *alone) {
            if (auto finished = finish_repair(file); !finished) {
                if (may_try_again(until)) continue;
                return Failure{std::move(finished.error())};
            }
        } else if (is_between_renamings(file) && may_try_again(until)) {
            continue;  // a new one made now would cover what the repair has read
        }
        try {
            if (auto made = make_private_file(file, make_whole); !made) return Failure{std::move(made.error())};
        } catch (const SQLite::Exception& error) {
            return failure(file, error);
        }
        auto guard = SpoolGuard::take(file, SpoolGuard::Share::with_others);
        if (!guard) return Failure{std::move(guard.error())};
        if (!*guard) {
            if (may_try_again(until)) continue;
            return fail(Code::storage, fmt::format("The spool {} is being repaired: try again in a moment.", text_of(file)));
        }
        try {
            auto database = spool_table::open(file);
            switch (examine(database)) {
                case Opened::well: {
                    auto state = std::make_unique<State>(State{file, std::move(**guard), std::move(database)});
                    state->source = state->about("source");
                    state->found = std::move(found);
                    return Spool{std::move(state)};
                }
                case Opened::too_new: return too_new(file);
                case Opened::foreign: return foreign(file);
                case Opened::damaged: break;
            }
        } catch (const SQLite::Exception& error) {
            if (is_busy(error) && may_try_again(until)) continue;
            if (!is_damage(error)) return failure(file, error);
        }
        if (on_damage == OnDamage::tell) return damaged(file);
        if (std::exchange(is_repaired, true))
            return fail(Code::storage, fmt::format("The spool {} is damaged and could not be repaired.", text_of(file)));
        *guard = std::nullopt;
        auto repaired = repair_spool(file);
        if (!repaired) return Failure{std::move(repaired.error())};
        if (!repaired->set_aside.empty()) found = repaired->text;
    }
}

const std::string& Spool::source() const noexcept { return state_->source; }
const std::string& Spool::found() const noexcept { return state_->found; }

// Of one submission, which fails as a whole.
Spool::Appended Spool::State::insert_all(Submission changes, std::int64_t now) {
    SQLite::Savepoint savepoint{database, "submission"};
    SQLite::Statement known{database, fmt::format("SELECT {} FROM entries WHERE kind = 'change' AND id = ?", columns)};
    std::vector<std::int64_t> seqs;
    for (const auto& change : changes) {
        known.reset();
        known.bind(1, change.id);
        if (known.executeStep()) {
            const auto before = row_of(known);
            const auto meant = before.entry.change();
            if (before.is_good && meant && !means_the_same(*meant, change)) {
                return fail(Code::conflict,
                            fmt::format("The id {} was used before for another change ({}): a new change needs a new id.",
                                        change.id, meant->sku));
            }
            // The agent knows it by its id, should it have had it before it was damaged.
            if (!before.is_good) put_right(before.entry.seq, encode(change), before.entry);
            seqs.push_back(before.entry.seq);
            continue;
        }
        known.reset();
        seqs.push_back(insert({.kind = SpoolKind::change, .id = change.id, .body = encode(change), .at = now}));
    }
    savepoint.release();
    return seqs;
}

Spool::Appended Spool::append(std::span<const qoh::Change> changes, std::int64_t now) {
    const Submission alone[]{changes};
    auto appended = append(alone, now);
    if (!appended) return Failure{std::move(appended.error())};
    return std::move(appended->front());
}

Expected<std::vector<Spool::Appended>> Spool::append(std::span<const Submission> submissions, std::int64_t now) {
    return state_->written([&] {
        std::vector<Appended> results;
        for (const auto& changes : submissions) results.push_back(state_->insert_all(changes, now));
        return results;
    });
}

Expected<std::int64_t> Spool::append(const orders::Imported& orders, std::int64_t now) {
    return state_->written([&] {
        return state_->insert({.kind = SpoolKind::orders, .id = random_id(), .body = encode(orders), .at = now});
    });
}

Expected<Spool::Waiting> Spool::next_waiting(std::int64_t after, std::size_t most) {
    auto read = state_->guarded([&] {
        SQLite::Statement select{state_->database,
                                 fmt::format("SELECT {} FROM entries WHERE state = 'waiting' AND seq > ? ORDER BY seq", columns)};
        select.bind(1, after);
        return state_->read(select, most);
    });
    if (!read) return Failure{std::move(read.error())};
    Waiting waiting{std::move(*read)};
    auto& entries = waiting.entries;
    const auto is_damaged = [](const SpoolEntry& entry) { return entry.state == SpoolState::doubtful; };
    waiting.damaged = std::ranges::count_if(entries, is_damaged);
    if (waiting.damaged > 0) {
        auto named = state_->written([&] {
            for (const auto& entry : entries)
                if (is_damaged(entry)) state_->set_aside(entry);
        });
        if (!named) return Failure{std::move(named.error())};
        std::erase_if(entries, is_damaged);
    }
    const auto other = std::ranges::find_if(entries, [&](const auto& entry) { return entry.kind != entries.front().kind; });
    entries.erase(other, entries.end());
    return waiting;
}

Expected<void> Spool::offered(std::span<const SpoolEntry> entries, std::string_view incarnation) {
    if (entries.empty()) return {};
    const bool is_known = std::ranges::all_of(entries, [&](const auto& entry) { return entry.offered_to == incarnation; });
    if (is_known) return {};
    return state_->written_unsynced([&] {
        SQLite::Statement update{state_->database, "UPDATE entries SET offered_to = ?1 WHERE state = 'waiting' AND seq = ?2"};
        for (const auto& entry : entries) {
            update.reset();
            update.bind(1, std::string{incarnation});
            update.bind(2, entry.seq);
            update.exec();
        }
    });
}

Expected<void> Spool::end(std::span<const SpoolVerdict> verdicts, std::int64_t now) {
    if (verdicts.empty()) return {};
    return state_->written_unsynced([&] {
        // Another process may have been answered first: what it wrote stays.
        SQLite::Statement update{state_->database, "UPDATE entries SET state = ?1, code = ?2, message = ?3, ended_at = ?4 "
                                                   "WHERE seq = ?5 AND state = 'waiting'"};
        for (const auto& verdict : verdicts) {
            update.reset();
            update.bind(1, std::string{to_string(verdict.state)});
            update.bind(2, verdict.code);
            update.bind(3, verdict.message);
            update.bind(4, now);
            update.bind(5, verdict.seq);
            update.exec();
        }
    });
}

Expected<std::int64_t> Spool::meets(std::string_view incarnation) {
    return state_->written([&]() -> std::int64_t {
        if (state_->about("incarnation") == incarnation) return 0;
        SQLite::Statement update{state_->database,
                                 "UPDATE entries SET state = 'doubtful', message = ? WHERE state = 'waiting' AND offered_to "
                                 "IS NOT NULL AND offered_to IS NOT ?"};
        update.bind(1, "It went to an agent that never answered and was then replaced by another one, so nobody knows whether "
                       "it counted. Look at the SKU in the store, then offer it again or leave it.");
        update.bind(2, std::string{incarnation});
        update.exec();
        const std::int64_t doubtful = state_->database.getChanges();
        state_->set_about("incarnation", std::string{incarnation});
        return doubtful;
    });
}

Expected<KnownAgent> Spool::known_agent() {
    return state_->guarded([&] {
        KnownAgent agent{state_->about("incarnation"), state_->about("offered_again_to")};
        if (const auto seconds = state_->about("lateness_seconds"); !seconds.empty())
            agent.lateness_seconds = std::atoll(seconds.c_str());
        return agent;
    });
}

Expected<void> Spool::remember(const KnownAgent& agent) {
    return state_->written([&] {
        state_->set_about("offered_again_to", agent.offered_again_to);
        state_->set_about("lateness_seconds", std::to_string(agent.lateness_seconds));
    });
}

Expected<std::vector<SpoolEntry>> Spool::delivered_since(std::int64_t now, std::int64_t after, std::size_t most) {
    return state_->guarded([&] {
        SQLite::Statement select{state_->database,
                                 fmt::format("SELECT {} FROM entries WHERE seq > ? AND state = 'delivered' AND kind = 'change' "
                                             "AND code = '' AND ended_at > ? ORDER BY seq",
                                             columns)};
        select.bind(1, after);
        select.bind(2, now - kept_for_ms);
        return state_->read(select, most);
    });
}

Expected<void> Spool::prune(std::int64_t now) {
    return state_->written([&] {
        SQLite::Statement remove{state_->database, "DELETE FROM entries WHERE state = 'delivered' AND ended_at <= ?"};
        remove.bind(1, now - kept_for_ms);
        remove.exec();
    });
}

Expected<SpoolCounts> Spool::counts() {
    return state_->guarded([&] {
        SpoolCounts counts;
        SQLite::Statement by_state{state_->database, "SELECT state, count(*), min(at) FROM entries GROUP BY state"};
        while (by_state.executeStep()) {
            const auto state = from_string<SpoolState>(by_state.getColumn(0).getString());
            const std::int64_t count = by_state.getColumn(1).getInt64();
            if (state == SpoolState::waiting) {
                counts.waiting = count;
                counts.oldest_waiting = by_state.getColumn(2).getInt64();
            }
            if (state == SpoolState::refused) counts.refused = count;
            if (state == SpoolState::doubtful) counts.doubtful = count;
            if (state == SpoolState::delivered) counts.delivered = count;
        }
        return counts;
    });
}

Expected<std::vector<SpoolEntry>> Spool::list(std::optional<SpoolState> state, std::int64_t after, std::size_t most) {
    return state_->guarded([&] {
        SQLite::Statement select{state_->database, fmt::format("SELECT {} FROM entries WHERE seq > ? {} ORDER BY seq", columns,
                                                               state ? "AND state = ?" : "")};
        select.bind(1, after);
        if (state) select.bind(2, std::string{to_string(*state)});
        return state_->read(select, most);
    });
}

Expected<std::optional<SpoolEntry>> Spool::find(std::int64_t seq) {
    return state_->guarded([&]() -> std::optional<SpoolEntry> {
        SQLite::Statement select{state_->database, fmt::format("SELECT {} FROM entries WHERE seq = ?", columns)};
        select.bind(1, seq);
        auto found = state_->read(select, 1);
        if (found.empty()) return std::nullopt;
        return std::move(found.front());
    });
}

Expected<void> Spool::offer_again(std::int64_t seq) {
    return state_->written([&] {
        SQLite::Statement update{state_->database,
                                 "UPDATE entries SET state = 'waiting', offered_to = NULL, ended_at = NULL, code = '', message = '' "
                                 "WHERE seq = ? AND state IN ('refused', 'doubtful')"};
        update.bind(1, seq);
        update.exec();
    });
}

Expected<void> Spool::leave(std::int64_t seq, std::string_view reason, std::int64_t now) {
    return state_->written([&] {
        // Kept, with the reason, for as long as what was delivered; never offered again.
        SQLite::Statement update{state_->database,
                                 "UPDATE entries SET state = 'delivered', ended_at = ?2, code = ?4, message = ?3 "
                                 "WHERE seq = ?1 AND state IN ('refused', 'doubtful')"};
        update.bind(1, seq);
        update.bind(2, now);
        update.bind(3, std::string{reason});
        update.bind(4, std::string{left});
        update.exec();
    });
}

Expected<std::vector<std::string>> Spool::check() {
    return state_->guarded([&] { return problems_of(state_->database); });
}

}  // namespace stocktray::ipc
