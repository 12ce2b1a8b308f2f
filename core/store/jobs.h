// Jobs, and what they said and did per SKU.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/jobs/job.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

struct Oddities {
    std::int64_t gone{0};          // the store had it once
    std::int64_t twice{0};
    std::int64_t case_differs{0};
};

class Jobs {
public:
    explicit Jobs(Database& database) noexcept : database_{database} {}

    void add(jobs::Job& job);         // sets its id; keeps the selection
    void save(const jobs::Job& job);  // what changes while it works
    [[nodiscard]] std::optional<jobs::Job> get(jobs::JobId id) const;
    // Newest first.
    [[nodiscard]] std::vector<jobs::Job> list(std::optional<stack::CartKey> cart, std::optional<jobs::JobId> before,
                                              std::int64_t limit) const;
    // The one that is at work at the cart.
    [[nodiscard]] std::optional<jobs::Job> at_work(stack::CartKey cart) const;
    [[nodiscard]] std::vector<jobs::Job> at_work() const;
    // Jobs that have ended but for SKUs that wait, previews and those that are let go aside: nothing of those goes on.
    [[nodiscard]] std::vector<jobs::Job> with_waiting(stack::CartKey cart) const;
    // Why what waits of the job is skipped; empty: all of it was. `save` leaves that as it is.
    void let_go(jobs::JobId id, const std::string& why);
    // The jobs of which something is still to be skipped, the oldest first.
    [[nodiscard]] std::vector<jobs::Job> let_go(stack::CartKey cart) const;
    // The last job that takes this one back, previews aside.
    // What a list shows of a SKU beside counts that differ.
    [[nodiscard]] Oddities oddities(jobs::JobId id) const;
    [[nodiscard]] bool waits_for_orders(jobs::JobId id) const;
    [[nodiscard]] std::optional<jobs::JobId> undone_by(jobs::JobId id) const;
    // Has its line for the SKU been taken back by any of them?
    [[nodiscard]] bool was_undone(jobs::JobId id, std::string_view store_sku) const;
    // The posts that undos of it have made for the SKU.
    [[nodiscard]] std::vector<stack::PostId> posts_of_undos(jobs::JobId id, std::string_view store_sku) const;
    // Has it a line that changed something and was not taken back?
    [[nodiscard]] bool can_be_undone(jobs::JobId id) const;

    // The Order Manager's SKUs that it was started for, in their order.
    [[nodiscard]] std::vector<std::string> selection(jobs::JobId id, std::string_view after, std::int64_t limit) const;
    [[nodiscard]] std::int64_t selection_size(jobs::JobId id) const;
    [[nodiscard]] bool is_selected(jobs::JobId id, std::string_view sku) const;

    // Writes what the job says of a SKU, in place of what it said before.
    void put(const jobs::JobItem& item);
    // SKUs of which there is nothing more to say than that they are equal.
    void add_equal(jobs::JobId id, std::int64_t skus);
    [[nodiscard]] std::optional<jobs::JobItem> item(jobs::JobId id, std::string_view store_sku) const;
    [[nodiscard]] std::vector<jobs::JobItem> items(jobs::JobId id, std::optional<jobs::ItemResult> result,
                                                   std::string_view after, std::int64_t limit) const;
    [[nodiscard]] std::vector<jobs::JobItem> staged(jobs::JobId id, jobs::Stage stage, std::string_view after,
                                                    std::int64_t limit) const;
    [[nodiscard]] std::vector<jobs::JobItem> waiting(jobs::JobId id, std::string_view after, std::int64_t limit) const;
    // For an answer of the store, not for a post's end or the Order Manager.
    [[nodiscard]] bool has_waiting_for_store(jobs::JobId id) const;
    [[nodiscard]] jobs::Counts counts(jobs::JobId id) const;
    // What an interrupted job had counted as equal is counted anew.
    void forget_equal(jobs::JobId id);

    // Forgets jobs that ended before `limit`; at most `most` of their items. True if there are more.
    bool prune(WallTime limit, std::int64_t most);

private:
    void count(jobs::JobId id, std::string_view result, std::int64_t skus);

    Database& database_;
};

}  // namespace stocktray::store
