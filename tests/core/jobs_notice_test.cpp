// Jobs on a controller in memory: what people are told of differences, and when they are not any more.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;

TEST_SUITE("Jobs: notices") {
    TEST_CASE("the notice of an audit goes when a Send, or a Get that was taken over, has mended what it named") {
        for (const auto mends : {Kind::send_qoh, Kind::get_qoh}) {
            Workbench bench;
            bench.open_cart("a", Script::with_keys, {{"X", 7}, {"Y", 7}});
            bench.snapshot({{"X", 7}, {"Y", 7}});
            import_orders(bench);
            Shop shop{bench, {{"X", 9}, {"Y", 9}}};
            start(bench, Kind::audit);
            shop.serve();
            const auto notice = [&] {
                const auto alerts = bench.store.alerts.of_cart("a");
                const auto found = std::ranges::find(alerts, "drift", &store::Alert::kind);
                return found == alerts.end() ? std::int64_t{0} : found->count;
            };
            REQUIRE(notice() == 2);
            for (const std::string sku : {"X", "Y"}) {
                start(bench, mends, {.skus = std::vector{sku}});
                shop.serve();
                if (const auto items = pull(bench); !items.empty()) pull(bench, items.back().cursor);
                CHECK(notice() == (sku == "X" ? 1 : 0));
            }
        }
    }
    TEST_CASE("what is taken back is told beside what an audit named before") {
        OpenShop bench{Script::with_keys, {{"X", 9}, {"Y", 9}, {"Z", 9}}, {{"X", 7}, {"Y", 7}, {"Z", 7}}};
        auto& shop = bench.shop;
        const auto notice = [&] {
            const auto alerts = bench.store.alerts.of_cart("a");
            const auto found = std::ranges::find(alerts, "drift", &store::Alert::kind);
            return found == alerts.end() ? std::int64_t{0} : found->count;
        };
        start(bench, Kind::audit);
        shop.serve();
        REQUIRE(notice() == 3);
        const auto sent = start(bench, Kind::send_qoh, {.skus = std::vector<std::string>{"X"}});
        shop.serve();
        REQUIRE(notice() == 2);
        start(bench, Kind::undo, {.undoes = sent});
        shop.serve();
        CHECK(shop.counts["X"] == 9);
        CHECK(notice() == 3);
        start(bench, Kind::send_qoh, {.skus = std::vector<std::string>{"Y"}});
        shop.serve();
        CHECK(notice() == 2);  // X and Z
    }
    TEST_CASE("the notice of very many differences goes with a Send that leaves none") {
        for (const bool leaves_one : {false, true}) {
            Workbench bench;
            std::map<std::string, std::int64_t> counts;
            for (int i = 0; i < 500; ++i) counts["S" + std::to_string(1'000 + i)] = 10;
            bench.open_cart("a", Script::with_keys, counts);
            bench.snapshot(counts);
            import_orders(bench);
            Shop shop{bench, counts};
            for (auto& [sku, qoh] : shop.counts) qoh = 9;
            start(bench, Kind::audit);
            shop.serve(40);
            REQUIRE(bench.has_alert("drift"));
            if (leaves_one) shop.counts["ONLY-HERE"] = 3;  // nobody knows what to send for it
            const auto job = start(bench, Kind::send_qoh);
            shop.serve(60);
            REQUIRE(state(bench, job) == jobs::State::done);
            CHECK(bench.has_alert("drift") == leaves_one);
        }
    }
    TEST_CASE("what a second look has named goes with an audit that finds it equal again") {
        OpenShop bench{Script::with_keys, {{"X", 7}, {"Y", 7}}, {{"X", 7}, {"Y", 7}}};
        start(bench, Kind::audit);
        bench.shop.serve();
        for (const std::string sku : {"X", "Y"})
            bench.controller.journal.raise({.kind = "drift",
                                            .severity = store::Severity::warning,
                                            .cart = "a",
                                            .sku = sku,
                                            .since = bench.now.wall,
                                            .message = "6 are due"});
        bench.shop.counts["Y"] = 9;
        start(bench, Kind::audit);
        bench.shop.serve();
        const auto alerts = bench.store.alerts.of_cart("a");
        CHECK(std::ranges::count(alerts, "X", &store::Alert::sku) == 0);
        CHECK(std::ranges::count(alerts, "Y", &store::Alert::sku) == 1);
    }
    TEST_CASE("that SKUs could not be compared goes with an audit in which none waits for orders") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 9}});
        Shop shop{bench, {{"X", 7}}};
        start(bench, Kind::audit);
        shop.serve();
        REQUIRE(bench.has_alert("import_incomplete"));
        start(bench, Kind::send_qoh, {.allows_pending = true});
        shop.serve();
        start(bench, Kind::audit);
        shop.serve();
        CHECK_FALSE(bench.has_alert("import_incomplete"));
    }
}
