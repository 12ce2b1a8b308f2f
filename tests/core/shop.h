// What tests of jobs work with: a shop that answers whatever a workbench's cart `a` is asked, and short words
// for what people and the Order Manager do.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/core/workbench.h"

namespace stocktray::tests {

inline constexpr std::chrono::seconds some_time{10};

// What the shop holds. Its Order Manager has imported its web orders unless a test says otherwise.
struct Shop {
    Workbench& bench;
    std::map<std::string, std::int64_t> counts;
    std::int64_t orders_since{0};  // web orders after the last import

    // Answers whatever is asked until nothing is; then lets the time pass that jobs wait for.
    void serve(int rounds = 12);
    // Answers one question.
    void answer(const stack::Ask& ask);
    // Answers, and lets time pass, until a question of this kind is out; it stays so.
    template <class What>
    void serve_until() {
        for (int i = 0; i < 200; ++i) {
            if (!bench.asks().empty()) {
                if (std::holds_alternative<What>(bench.asks().front().what)) return;
                answer_next();
            } else {
                bench.turn();
                if (bench.asks().empty()) bench.pass(some_time);
            }
        }
    }
    void answer_next();

    std::map<std::string, std::vector<cart::HeldByOrder>> orders{};  // what the connector tells
    std::string top_order{};  // its highest number; empty: an older connector
    std::int64_t open{0};
    std::int64_t back{0};
    std::int64_t seq{0};
    bool has_no_orders{false};  // not one, ever
    bool only_claims{false};  // says that it has set a count, and has not

private:
    [[nodiscard]] cart::ReadCount count(const std::string& sku) const;
    [[nodiscard]] std::vector<cart::HeldByOrder> held(const std::string& sku) const;
};

// A workbench whose cart `a` has `store`, as its shop does, and whose Order Manager counts `book` and has imported its
// web orders (with moves: so long ago that the connector may be asked for them).
struct OpenShop : Workbench {
    OpenShop(Script script, const std::map<std::string, std::int64_t>& store, const std::map<std::string, std::int64_t>& book,
             std::int64_t orders_since = 0);

    Shop shop;
};

// Starts a job at cart `a`; it must be taken.
jobs::JobId start(Workbench& bench, jobs::Kind kind, jobs::Options options = {});
// What the job says of a store SKU; it must say something.
[[nodiscard]] jobs::JobItem line(Workbench& bench, jobs::JobId job, const std::string& sku);
[[nodiscard]] jobs::State state(Workbench& bench, jobs::JobId job);

// The Order Manager has imported the web orders of cart `a`.
void import_orders(Workbench& bench, const std::string& last = "100",
                   std::vector<sync::ImportedOrder> orders = {});
// The connector may be asked for orders once an import is two days old.
void open_floor(Workbench& bench);
// A script that takes differences as counts: a job can only replace its counts, so many at once.
void make_absolute(Workbench& bench, std::int64_t items_per_send = 100);
// A person turns synchronization off.
void turn_off(Workbench& bench);
// A cart `a` whose store has 10 of X, as the Order Manager had, and one parked post of -2.
void park_one(Workbench& bench);
// The store refuses a change of the SKU; the post waits for a person.
void have_rejected(Workbench& bench, const std::string& sku, std::int64_t delta);
// A change whose post a person cancels before it is sent.
void submit_and_cancel(Workbench& bench, const std::string& sku, std::int64_t delta);
// The Order Manager asks what it has to take over.
std::vector<store::PullItem> pull(Workbench& bench, std::optional<std::int64_t> ack = std::nullopt,
                                  std::vector<jobs::SkippedItem> skipped = {}, std::int64_t limit = 100);

}  // namespace stocktray::tests
