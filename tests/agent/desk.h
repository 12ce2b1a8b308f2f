// Who starts jobs at a bench: an Order Manager that imports its web orders and takes over what Get QOH finds,
// buyers at the store, and somebody who changes its counts by hand.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "tests/agent/bench.h"

namespace stocktray::tests {

inline ipc::jobs::Start a_job(ipc::JobKind kind, ipc::jobs::Options options = {}) {
    ipc::jobs::Start start;
    start.kind = kind;
    start.cart = "main";
    start.options = std::move(options);
    start.by = "ann";
    return start;
}

inline std::string sku_of(int n) {
    return fmt::format("SKU-{:04}", n);
}

// A shop whose web orders are all imported, and an Order Manager that knows it.
class Desk {
public:
    explicit Desk(Bench& bench) : bench_{bench} {}

    // A buyer; the Order Manager hears of it with the next import.
    void sell(const std::string& sku, int pieces) {
        if (const auto order = bench_.store.sell(sku, pieces))
            sales_.push_back({std::to_string(*order), sku, pieces});
    }
    void import_orders() {
        std::vector<ipc::orders::WebOrder> orders;
        std::vector<ipc::qoh::Change> changes;
        for (const auto& sale : sales_) {
            auto change = a_change("web-" + sale.order, sale.sku, -sale.pieces);
            change.reason = ipc::Reason::web_order_imported;
            change.origin_cart = "main";
            change.order = sale.order;
            changes.push_back(change);
            orders.push_back({sale.order, {{.sku = sale.sku, .qty = sale.pieces}}});
            last_ = sale.order;
        }
        if (!changes.empty()) bench_.submit(std::move(changes));
        ipc::orders::Imported imported;
        imported.cart = "main";
        imported.at = static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
        imported.last_order = last_;
        imported.count = std::ssize(orders);
        imported.orders = std::move(orders);
        bench_.agent.must(imported);
        sales_.clear();
    }
    void set_store(const std::string& sku, long long qoh) {
        bench_.store.database().query("UPDATE items SET qoh = ? WHERE sku = ?", {std::to_string(qoh), sku});
    }
    [[nodiscard]] ipc::jobs::Job job(std::int64_t id) {
        ipc::jobs::Get get;
        get.job = id;
        return bench_.agent.must(get);
    }
    [[nodiscard]] ipc::jobs::Job run(const ipc::jobs::Start& start) {
        const auto id = bench_.agent.must(start).job;
        CHECK(eventually([&] { return has_ended(job(id)); }));
        return job(id);
    }
    [[nodiscard]] static bool has_ended(const ipc::jobs::Job& job) {
        return job.state != ipc::JobState::queued && job.state != ipc::JobState::running &&
               job.state != ipc::JobState::waiting;
    }
    [[nodiscard]] std::map<std::string, ipc::jobs::ResultItem> results(std::int64_t id) {
        std::map<std::string, ipc::jobs::ResultItem> found;
        ipc::jobs::Results page;
        page.job = id;
        page.limit = 100;
        do {
            auto answer = bench_.agent.must(page);
            for (auto& item : answer.items) found.emplace(item.store_sku, std::move(item));
            page.after = answer.next;
        } while (page.after);
        return found;
    }
    // Everything that Get QOH has found is taken over.
    std::vector<ipc::qoh::PullItem> take_over(std::map<std::string, std::int64_t>* book = nullptr) {
        std::vector<ipc::qoh::PullItem> all;
        ipc::qoh::Pull pull;
        pull.consumer = "om";
        for (;;) {
            auto answer = bench_.agent.must(pull);
            if (answer.items.empty()) return all;
            for (auto& item : answer.items) {
                if (book != nullptr) (*book)[item.sku] += item.delta;
                pull.ack = item.cursor;
                all.push_back(std::move(item));
            }
        }
    }

private:
    struct Sale {
        std::string order;
        std::string sku;
        int pieces;
    };
    Bench& bench_;
    std::vector<Sale> sales_;
    std::string last_;
};

}  // namespace stocktray::tests
