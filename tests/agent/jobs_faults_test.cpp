// Stores that die in the middle of what a job does, and buyers who buy meanwhile: afterwards the books agree, or the
// SKU is named.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "tests/agent/desk.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr int skus = 60;

// A shop in which every second count is wrong.
struct Shop {
    Bench bench{{.skus = skus}};
    Desk desk{bench};

    Shop() {
        desk.import_orders();
        for (int n = 2; n <= skus; n += 2) desk.set_store(sku_of(n), *bench.book(sku_of(n)) - 5);
    }
    [[nodiscard]] std::int64_t start(ipc::JobKind kind, ipc::jobs::Options options = {}) {
        return bench.agent.must(a_job(kind, std::move(options))).job;
    }
    [[nodiscard]] bool ends(std::int64_t job) {
        return eventually([&] { return Desk::has_ended(desk.job(job)); }, 60s);
    }
    void check_equal() {
        for (int n = 1; n <= skus; ++n) {
            CAPTURE(sku_of(n));
            CHECK(bench.store.count(sku_of(n)) == *bench.book(sku_of(n)));
        }
    }
};

// Somebody buys a piece of one SKU after the other until he is told to stop.
class Buyer {
public:
    explicit Buyer(Desk& desk)
        : buying_{std::async(std::launch::async, [this, &desk] {
              for (int n = 1; !has_enough_; n = 1 + n % skus) {
                  desk.sell(sku_of(n), 1);
                  ++bought_;
                  std::this_thread::sleep_for(20ms);
              }
          })} {}
    ~Buyer() {
        has_enough_ = true;
        buying_.wait();
    }
    Buyer(const Buyer&) = delete;
    Buyer& operator=(const Buyer&) = delete;

    [[nodiscard]] int stop() {
        has_enough_ = true;
        buying_.wait();
        return bought_;
    }

private:
    std::atomic<bool> has_enough_{false};
    std::atomic<int> bought_{0};
    std::future<void> buying_;
};

}  // namespace

TEST_SUITE("Jobs and stores that fail") {
    TEST_CASE("a store that dies in the middle of a batch has applied it once in the end") {
        for (const auto flow : {Flow::lose_answer, Flow::page_instead}) {
            Shop shop;
            shop.bench.valve.set(flow, "invbatch");
            const auto job = shop.start(ipc::JobKind::send_qoh);
            REQUIRE(shop.ends(job));
            CHECK(shop.bench.valve.seen("invbatch") > 0);
            CHECK(shop.bench.rests());
            // Nobody heard the answers: every post was in doubt, and asked for under its key.
            CHECK(std::ranges::all_of(shop.bench.posts(), [](const auto& post) { return post.attempts > 1; }));
            CHECK(eventually([&] { return shop.desk.job(job).counts.waiting == 0; }));
            CHECK(shop.desk.job(job).counts.ok == skus);
            shop.check_equal();
        }
    }
    TEST_CASE("a store that dies in the read-back is told apart from what was done") {
        Shop shop;
        shop.bench.valve.set(Flow::lose_answer, "qohquery");
        const auto job = shop.start(ipc::JobKind::send_qoh);
        REQUIRE(shop.ends(job));
        CHECK(shop.bench.valve.seen("qohquery") > 1);  // it is asked more than once
        const auto line = shop.desk.results(job).at(sku_of(2));
        CHECK(line.result == ipc::JobResult::ok);
        CHECK(line.text->ends_with("It could not be read back."));
        shop.bench.valve.set(Flow::open);
        CHECK(shop.bench.rests());
        shop.check_equal();
    }
    TEST_CASE("buyers who buy while a store is compared, filled and taken back leave the books equal or named") {
        Shop shop;
        int bought = 0;
        std::int64_t sent = 0;
        for (const auto kind : {ipc::JobKind::audit, ipc::JobKind::send_qoh, ipc::JobKind::undo}) {
            Buyer buyer{shop.desk};
            const auto job = kind == ipc::JobKind::undo ? shop.start(kind, {.job = sent}) : shop.start(kind);
            if (kind == ipc::JobKind::send_qoh) sent = job;
            REQUIRE(shop.ends(job));
            bought += buyer.stop();
            shop.desk.import_orders();
            // What had to wait for their orders goes on by itself.
            CHECK(eventually([&] { return shop.desk.job(job).counts.waiting == 0 && shop.bench.rests(1s); }, 60s));
        }
        CHECK(bought > 0);
        shop.desk.import_orders();
        const auto audit = shop.start(ipc::JobKind::audit);
        REQUIRE(shop.ends(audit));
        const auto named = shop.desk.results(audit);
        int different = 0;
        for (int n = 1; n <= skus; ++n) {
            CAPTURE(sku_of(n));
            const auto gap = *shop.bench.book(sku_of(n)) - shop.bench.store.count(sku_of(n));
            if (gap == 0) continue;
            ++different;
            REQUIRE(named.contains(sku_of(n)));
            CHECK(named.at(sku_of(n)).result == ipc::JobResult::different);
            CHECK(named.at(sku_of(n)).delta == gap);
        }
        CHECK(different == skus / 2);  // what the undo took back was wrong before
    }
}
