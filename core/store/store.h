// The one door to what the agent keeps: one SQLite file, families of tables behind it, and the transaction
// in which a whole turn of the agent's loop is committed.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>

#include "core/random.h"
#include "core/result.h"
#include "core/store/carts.h"
#include "core/store/client_keys.h"
#include "core/store/identity.h"
#include "core/store/ids.h"
#include "core/store/items.h"
#include "core/store/jobs.h"
#include "core/store/journal.h"
#include "core/store/listings.h"
#include "core/store/orders.h"
#include "core/store/parameters.h"
#include "core/store/posts.h"
#include "core/store/pulls.h"
#include "core/store/snapshots.h"
#include "core/store/sources.h"
#include "core/store/told_counts.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

class Store {
public:
    // Opens the file, creates or upgrades it (a copy is kept beside it before an upgrade), refuses one from a
    // newer version and one that is damaged; neither is ever overwritten.
    [[nodiscard]] static Result<Store> open(const std::string& path);

    Store(Store&&) noexcept;
    ~Store();

    // Runs `work` in one transaction. On disk when it returns without an error; otherwise nothing of it
    // happened (but it may still turn up after a crash, if it was the disk that failed to answer).
    // If something was written, the commit counter and the time line move with it.
    [[nodiscard]] Result<void> turn(Now now, const std::function<void()>& work);

    // After the answers have gone out.
    void tidy() noexcept;

    // The Order Manager's item that is sold at the cart under this SKU of the store, if there is one.
    [[nodiscard]] std::optional<stack::ItemKey> item_sold_as(const Cart& cart, const std::string& store_sku) const;

    // Of this process, with those of a turn that is under way.
    [[nodiscard]] std::int64_t rows_written() const noexcept;
    [[nodiscard]] std::int64_t commits() const noexcept { return commits_; }  // of this run, for tests and metrics
    // The commit counter as the last committed turn left it: what the marker outside has to know.
    [[nodiscard]] std::int64_t last_commit() const noexcept { return last_commit_; }
    // "ok" or what is wrong. `most_rows`: where the database has more, only tables that have fewer are looked through, and
    // the others are named.
    [[nodiscard]] Result<std::string> check_integrity(std::int64_t most_rows = std::numeric_limits<std::int64_t>::max());

    Identities identity;
    Parameters parameters;
    Carts carts;
    Items items;
    Listings listings;
    Posts posts;
    Ids ids;
    Orders orders;
    Snapshots snapshots;
    Sources sources;
    ToldCounts told_counts;
    Jobs jobs;
    Pulls pulls;
    Alerts alerts;
    History history;
    ClientKeys client_keys;

    // The schema version that this program writes.
    static const int schema_version;

private:
    explicit Store(std::unique_ptr<Database> database);

    [[nodiscard]] std::string check_small_tables(std::int64_t most_rows);
    // Made once and kept: the database knows a statement by its address.
    [[nodiscard]] const char* statement_for(std::string text);

    std::unique_ptr<Database> database_;
    std::set<std::string> statements_;
    std::int64_t commits_{0};
    std::int64_t last_commit_{0};
};

}  // namespace stocktray::store
