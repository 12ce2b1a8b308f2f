#include "ipc/spool/repair.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <map>
#include <set>

#include "ipc/path_text.h"
#include "ipc/random_id.h"
#include "ipc/spool/place.h"
#include "ipc/spool/table.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;
using namespace spool_table;

struct Rescued {
    std::string source{};  // empty: it could not be read
    std::map<std::int64_t, SpoolEntry> entries{};
    std::map<std::int64_t, std::int64_t> ended_at{};
    std::set<std::int64_t> spoiled{};
    bool has_gaps{false};
};

constexpr std::string_view without_source =
    "It may have reached the agent before the spool was damaged, and what the agent knows it by was lost. Look at the SKU in the "
    "store, then offer it again or leave it.";

fs::path new_file(const fs::path& file) { return fs::path{file}.concat(".repaired"); }

void remove_all_of(const fs::path& file) {
    std::error_code ignored;
    for (const char* part : {"", "-wal", "-shm", "-journal"}) fs::remove(fs::path{file}.concat(part), ignored);
}

// From one end until something cannot be read, then from the other.
void rescue_entries(SQLite::Database& database, std::string_view direction, Rescued& rescued) {
    try {
        SQLite::Statement select{database, fmt::format("SELECT {}, ended_at FROM entries ORDER BY seq {}", columns,
                                                       direction)};
        while (select.executeStep()) {
            const auto row = row_of(select);
            if (rescued.entries.contains(row.entry.seq)) continue;
            if (!row.is_good) {
                rescued.spoiled.insert(row.entry.seq);
                continue;
            }
            rescued.ended_at[row.entry.seq] = select.getColumn(10).getInt64();
            rescued.entries.emplace(row.entry.seq, row.entry);
        }
    } catch (const SQLite::Exception&) {
        rescued.has_gaps = true;
    }
}

Rescued rescue(const fs::path& file) {
    Rescued rescued;
    try {
        auto database = spool_table::open(file);
        try {
            SQLite::Statement source{database, "SELECT value FROM about WHERE name = 'source'"};
            if (source.executeStep()) rescued.source = source.getColumn(0).getString();
        } catch (const SQLite::Exception&) {
            rescued.has_gaps = true;
        }
        rescue_entries(database, "", rescued);
        if (rescued.has_gaps) rescue_entries(database, "DESC", rescued);
    } catch (const SQLite::Exception&) {
        rescued.has_gaps = true;
    }
    return rescued;
}

// Only damage is a reason to put another file in its place.
Expected<bool> is_damaged(const fs::path& file, std::int64_t& entries) {
    try {
        auto database = spool_table::open(file);
        switch (examine(database)) {
            case Opened::damaged: return true;
            case Opened::too_new: return too_new(file);
            case Opened::foreign: return foreign(file);
            case Opened::well: break;
        }
        entries = database.execAndGet("SELECT count(*) FROM entries").getInt64();
        return !problems_of(database).empty();
    } catch (const SQLite::Exception& error) {
        // One of ours of this version whose tables are not as they were made: their description is spoilt.
        if (is_damage(error) || error.getErrorCode() == SQLITE_ERROR) return true;
        return failure(file, error);
    }
}

void write_new(const fs::path& file, const Rescued& rescued) {
    SQLite::Database database{text_of(file), SQLite::OPEN_READWRITE};
    database.exec("PRAGMA synchronous=FULL");
    SQLite::Transaction transaction{database};
    // Another source: some ids may be gone, and a change that is submitted once more must not meet a stranger's.
    create(database, rescued.source.empty() ? "repaired-" + random_id() : rescued.source);
    SQLite::Statement insert{database,
                             // An id whose place in the index was lost may stand there twice: the first one counts.
                             "INSERT OR IGNORE INTO entries(seq, kind, id, body, sum, at, state, code, message, offered_to, ended_at) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    for (const auto& [seq, entry] : rescued.entries) {
        const auto sum = sum_of(entry.kind, entry.id, entry.body);
        const auto ended_at = rescued.ended_at.at(seq);
        // Under another source the agent would not know it again.
        const bool is_stranger = rescued.source.empty() && entry.state == SpoolState::waiting && !entry.offered_to.empty();
        insert.reset();
        insert.bind(1, seq);
        insert.bind(2, std::string{to_string(entry.kind)});
        insert.bind(3, entry.id);
        insert.bind(4, entry.body.data(), static_cast<int>(entry.body.size()));
        insert.bind(5, sum.data(), static_cast<int>(sum.size()));
        insert.bind(6, entry.at);
        insert.bind(7, std::string{to_string(is_stranger ? SpoolState::doubtful : entry.state)});
        insert.bind(8, entry.code);
        insert.bind(9, is_stranger ? std::string{without_source} : entry.message);
        entry.offered_to.empty() ? insert.bind(10) : insert.bind(10, entry.offered_to);
        ended_at == 0 ? insert.bind(11) : insert.bind(11, ended_at);
        insert.exec();
    }
    transaction.commit();
}

std::string sentence(const SpoolRepaired& repaired) {
    std::string text = fmt::format("The spool was damaged. {} {} could be read and {} on; the old file is kept as {}.",
                                   repaired.kept, repaired.kept == 1 ? "entry" : "entries",
                                   repaired.kept == 1 ? "goes" : "go", text_of(repaired.set_aside));
    if (repaired.spoiled > 0) text += fmt::format(" {} could not be read.", repaired.spoiled);
    if (repaired.spoiled > 0 || repaired.has_gaps)
        text += " Changes may be missing: compare the counts of what was sold lately.";
    return text;
}

}  // namespace

Expected<SpoolRepaired> repair_spool(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error) && !fs::exists(new_file(file), error))
        return fail(Code::not_found, fmt::format("There is no spool {}: nothing was saved there.", text_of(file)));
    auto guard = SpoolGuard::take(file, SpoolGuard::Share::alone);
    if (!guard) return Failure{std::move(guard.error())};
    if (!*guard)
        return fail(Code::conflict, fmt::format("The spool {} is damaged and in use. Close the programs that use it and run: {}",
                                                text_of(file), repair_command(file)));
    if (auto finished = finish_repair(file); !finished) return Failure{std::move(finished.error())};
    std::int64_t entries = 0;
    const auto damaged = is_damaged(file, entries);
    if (!damaged) return Failure{damaged.error()};
    if (!*damaged) return SpoolRepaired{.kept = entries, .text = "The spool is not damaged: nothing was done."};
    const Rescued rescued = rescue(file);
    SpoolRepaired repaired{.kept = static_cast<std::int64_t>(rescued.entries.size()),
                           .spoiled = std::ssize(rescued.spoiled),
                           .has_gaps = rescued.has_gaps};
    const auto stamp = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
    repaired.set_aside = fs::path{file}.concat(fmt::format(".damaged-{}", stamp));
    const fs::path repaired_file = new_file(file);
    remove_all_of(repaired_file);
    try {
        const auto write = [&](const fs::path& draft) { write_new(draft, rescued); };
        if (auto made = make_private_file(repaired_file, write); !made) return Failure{std::move(made.error())};
    } catch (const SQLite::Exception& why) {
        return failure(repaired_file, why);
    }
    fs::rename(file, repaired.set_aside, error);
    if (error) return fail(Code::storage, fmt::format("{} cannot be renamed: {}.", text_of(file), error.message()));
    for (const char* part : {"-wal", "-shm"}) {
        std::error_code ignored;
        fs::rename(fs::path{file}.concat(part), fs::path{repaired.set_aside}.concat(part), ignored);
    }
    if (auto finished = finish_repair(file); !finished) return Failure{std::move(finished.error())};
    repaired.text = sentence(repaired);
    return repaired;
}

// The old file is out of the way and the new one is whole: it was written in one transaction before the first
// renaming. A new file beside an old one is of a repair that did not come so far.
Expected<void> finish_repair(const fs::path& file) {
    if (!is_between_renamings(file)) return {};
    std::error_code ignored;
    // What is left of the old one's log has been read; beside the new file it would be taken for that one's.
    for (const char* part : {"-wal", "-shm"}) fs::remove(fs::path{file}.concat(part), ignored);
    std::error_code error;
    fs::rename(new_file(file), file, error);
    if (error)
        return fail(Code::storage, fmt::format("The spool was repaired, and {} cannot be renamed to {}: {}. Nothing is saved before it is.",
                                               text_of(new_file(file)), text_of(file), error.message()));
    sync_folder(file.parent_path());
    return {};
}

bool is_between_renamings(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(new_file(file), ignored) && !fs::exists(file, ignored);
}

}  // namespace stocktray::ipc
