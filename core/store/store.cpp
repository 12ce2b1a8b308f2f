#include "core/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/store/database.h"
#include "core/store/migrations.h"

namespace stocktray::store {
namespace {

std::int64_t version_of(Database& database) {
    Query q = database.query("PRAGMA user_version");
    return q.next() ? q.integer(0) : 0;
}

void migrate(Database& database, const std::string& path, std::int64_t from) {
    if (from > 0) database.back_up_to(fmt::format("{}.version-{}", path, from));
    const auto steps = migrations();
    for (auto version = from; version < static_cast<std::int64_t>(steps.size()); ++version) {
        database.begin();
        database.script(std::string{steps[static_cast<std::size_t>(version)]});
        database.script(fmt::format("PRAGMA user_version = {}", version + 1));
        database.commit();
    }
}

}  // namespace

const int Store::schema_version = static_cast<int>(migrations().size());

Result<Store> Store::open(const std::string& path) {
    auto opened = Database::open(path);
    if (!opened) return Failure{opened.error()};
    auto database = std::make_unique<Database>(std::move(*opened));
    try {
        const auto version = version_of(*database);
        if (version > schema_version)
            return fail(ErrorCode::unsupported,
                        fmt::format("The database {} was written by a newer version of Stocktray (format {}, this one "
                                    "knows {}). Install that version again, or restore a backup.",
                                    path, version, schema_version));
        if (version < schema_version) migrate(*database, path, version);
    } catch (const StorageFailure& failure) {
        Error error = failure.error();
        error.message = fmt::format("The database {} cannot be used: {} It was left as it is.", path, error.message);
        return Failure{std::move(error)};
    }
    Store store{std::move(database)};
    try {
        if (store.identity.exists()) store.last_commit_ = store.identity.get().commits;
    } catch (const StorageFailure& failure) {
        return Failure{failure.error()};
    }
    return store;
}

Store::Store(std::unique_ptr<Database> database)
    : identity{*database},
      parameters{*database},
      carts{*database},
      items{*database},
      listings{*database},
      posts{*database},
      ids{*database},
      orders{*database},
      snapshots{*database},
      sources{*database},
      told_counts{*database},
      jobs{*database},
      pulls{*database},
      alerts{*database},
      history{*database},
      client_keys{*database},
      database_{std::move(database)} {}

Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<void> Store::turn(Now now, const std::function<void()>& work) {
    try {
        database_->begin();
        const auto before = database_->total_changes();
        work();
        const bool has_written = database_->total_changes() != before;
        const auto counter = has_written ? identity.commit_turn(now) : last_commit_;
        database_->commit();
        if (has_written) ++commits_;
        last_commit_ = counter;
        return {};
    } catch (const StorageFailure& failure) {
        database_->roll_back();
        return Failure{failure.error()};
    } catch (const std::exception& unexpected) {
        // Ours, not the disk's; what the turn began is undone all the same.
        database_->roll_back();
        return fail(ErrorCode::internal, "The agent could not do this; the log has more.", unexpected.what());
    }
}

std::optional<stack::ItemKey> Store::item_sold_as(const Cart& cart, const std::string& store_sku) const {
    const auto om_sku = cart::om_sku_of(cart.config, store_sku);
    const auto item = om_sku ? items.find(*om_sku) : std::nullopt;
    return item ? std::optional{item->key} : std::nullopt;
}

std::int64_t Store::rows_written() const noexcept { return database_->total_changes(); }

void Store::tidy() noexcept {
    // Some 8 MiB of log: large enough that a burst does not pay for it, small enough to read at a start.
    constexpr int log_pages = 2000;
    database_->checkpoint_beyond(log_pages);
}

Result<std::string> Store::check_integrity(std::int64_t most_rows) {
    try {
        return check_small_tables(most_rows);
    } catch (const StorageFailure& failure) {
        return Failure{failure.error()};
    }
}

std::string Store::check_small_tables(std::int64_t most_rows) {
    std::vector<std::string> small;
    std::string large;
    std::int64_t left = most_rows;
    Query tables = database_->query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    while (tables.next()) {
        const auto name = tables.text(0);
        // No further than it matters: counting a long table takes as long as a look through it.
        const auto looked_at = std::min<std::int64_t>(left, std::numeric_limits<std::int64_t>::max() - 1) + 1;
        Query count = database_->query(statement_for(fmt::format("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT ?)", name)), looked_at);
        const auto rows = count.next() ? count.integer(0) : 0;
        if (rows > left) {
            large += (large.empty() ? "" : ", ") + name;
            continue;
        }
        left -= rows;
        small.push_back(name);
    }
    std::string text;
    const auto add = [&](Query q) {
        while (q.next())
            if (q.view(0) != "ok") text += fmt::format("{}\n", q.view(0));
    };
    if (large.empty()) add(database_->query("PRAGMA integrity_check(10)"));
    else for (const auto& name : small) add(database_->query(statement_for(fmt::format("PRAGMA integrity_check('{}')", name))));
    if (text.empty()) text = "ok\n";
    if (!large.empty())
        text += fmt::format("Too long to be looked through while the agent works: {}. Stop it, then run: sqlite3 stocktray.db "
                            "'PRAGMA integrity_check'\n",
                            large);
    text.pop_back();
    return text;
}

const char* Store::statement_for(std::string text) { return statements_.insert(std::move(text)).first->c_str(); }

}  // namespace stocktray::store
