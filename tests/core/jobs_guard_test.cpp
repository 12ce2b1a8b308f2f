// Jobs on a controller in memory, the guard: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;
using stack::State;

namespace {

std::map<std::string, std::int64_t> dozen(std::int64_t qoh) {
    std::map<std::string, std::int64_t> counts;
    for (int i = 0; i < 12; ++i) counts["S" + std::to_string(10 + i)] = qoh;
    return counts;
}

}  // namespace

TEST_SUITE("Jobs: guard") {
    TEST_CASE("the guard stops a Send before it writes anything, and an override is kept in the history") {
        Workbench bench;
        std::map<std::string, std::int64_t> full;
        std::map<std::string, std::int64_t> empty;
        for (int i = 0; i < 20; ++i) full["S" + std::to_string(i)] = 50;
        for (const auto& [sku, qoh] : full) empty[sku] = 0;
        bench.open_cart("a", Script::with_keys, full);
        bench.snapshot(empty);
        import_orders(bench);
        Shop shop{bench, full};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "zeros");
        CHECK(bench.posts().empty());
        CHECK(bench.has_alert("guard"));
        const auto sure = start(bench, Kind::send_qoh, {.overrides_guard = true, .by = "ann", .reason = "stocktaking"});
        shop.serve(30);
        CHECK(state(bench, sure) == jobs::State::done);
        CHECK(shop.counts["S3"] == 0);
        CHECK_FALSE(bench.has_alert("guard"));
        const auto entries = bench.store.history.list({.kinds = {"guard_override"}});
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].by == "ann");
        CHECK(entries[0].text.find("stocktaking") != std::string::npos);
    }
    TEST_CASE("a list that is much shorter than the last one stops the job") {
        Workbench bench;
        std::map<std::string, std::int64_t> all;
        for (int i = 0; i < 40; ++i) all["S" + std::to_string(i)] = 5;
        bench.open_cart("a", Script::with_keys, all);
        bench.snapshot(all);
        import_orders(bench);
        Shop shop{bench, all};
        start(bench, Kind::audit);
        shop.serve();
        shop.counts.erase(shop.counts.begin(), std::next(shop.counts.begin(), 20));
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "short_list");
    }
    TEST_CASE("the guard is asked again when the counts are read long after the list") {
        OpenShop bench{Script::with_moves, dozen(11), dozen(10)};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve_until<stack::AskMoves>();
        bench.now.wall += std::chrono::hours{5};
        bench.now.steady += std::chrono::hours{5};
        for (auto& [sku, qoh] : shop.counts) qoh = 0;  // somebody has emptied the shop
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "zeros");
        CHECK(pull(bench).empty());
    }
    TEST_CASE("the guard is asked again when counts are read anew before they are replaced") {
        OpenShop bench{Script::plain, dozen(10), dozen(11)};
        auto& shop = bench.shop;
        make_absolute(bench, 1);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskReplace>();
        bench.now.wall += std::chrono::hours{5};
        bench.now.steady += std::chrono::hours{5};
        for (auto& [sku, qoh] : shop.counts) qoh = 500;
        shop.serve(30);
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "wipe");
        CHECK(bench.store.jobs.get(job)->message.find("Nothing more is changed") != std::string::npos);
        CHECK(std::ranges::count_if(shop.counts, [](const auto& entry) { return entry.second == 11; }) <= 5);
    }
    TEST_CASE("a job that begins anew after a restart asks the guard anew") {
        OpenShop bench{Script::with_keys, dozen(11), dozen(10)};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve_until<stack::AskAllCounts>();
        shop.answer_next();
        bench.restart();
        for (auto& [sku, qoh] : shop.counts) qoh = 0;
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(pull(bench).empty());
    }
    TEST_CASE("an audit does not do by repairs what the guard would not let a Send do") {
        OpenShop bench{Script::with_moves, dozen(10), dozen(10)};
        auto& shop = bench.shop;
        start(bench, Kind::audit);
        shop.serve();
        for (auto& [sku, qoh] : shop.counts) qoh = 500;  // whatever has happened there
        const auto preview = start(bench, Kind::audit, {.is_dry_run = true});
        shop.serve();
        CHECK(bench.store.jobs.get(preview)->code == "wipe");
        CHECK(line(bench, preview, "S10").result == jobs::ItemResult::different);
        const auto job = start(bench, Kind::audit);
        shop.serve(30);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.store.jobs.get(job)->code == "wipe");
        CHECK(bench.store.jobs.get(job)->message.ends_with("nothing is repaired by itself."));
        CHECK(line(bench, job, "S10").result == jobs::ItemResult::different);
        CHECK(bench.posts().empty());
        CHECK(bench.has_alert("guard"));
        CHECK(bench.has_alert("drift"));
        for (auto& [sku, qoh] : shop.counts) qoh = 10;
        start(bench, Kind::audit);
        shop.serve();
        CHECK_FALSE(bench.has_alert("guard"));
    }
    TEST_CASE("what the Order Manager has counted anew is no loss at the store, and only a person sends it") {
        OpenShop bench{Script::with_moves, dozen(10), dozen(10)};
        auto& shop = bench.shop;
        start(bench, Kind::audit);
        shop.serve();
        REQUIRE(bench.listing("a", "S10").is_aligned);
        auto counted = dozen(10);
        counted["S10"] = 2;
        bench.snapshot(counted);
        bench.submit("S10", -1);  // its second look finds the difference, too
        shop.serve(4);
        bench.pass(std::chrono::seconds{61});
        shop.serve();
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["S10"] == 9);
        CHECK(line(bench, job, "S10").cause == jobs::Cause::unaligned);
        CHECK(bench.has_alert("drift"));
        start(bench, Kind::send_qoh);
        shop.serve(30);
        CHECK(shop.counts["S10"] == 1);
        CHECK_FALSE(bench.has_alert("drift"));
        shop.counts["S10"] = 2;  // now it is one
        start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["S10"] == 1);
    }
    TEST_CASE("a preview says that the guard would ask, and changes nothing") {
        OpenShop bench{Script::with_keys, dozen(11), dozen(0)};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        const auto done = *bench.store.jobs.get(job);
        CHECK(done.state == jobs::State::done);
        CHECK(done.code == "zeros");
        CHECK(done.message.find("12 of 12") != std::string::npos);
        CHECK_FALSE(bench.has_alert("guard"));
    }
    TEST_CASE("counts are not replaced any more once a web order has come that is not imported") {
        OpenShop bench{Script::plain, dozen(10), dozen(11)};
        auto& shop = bench.shop;
        make_absolute(bench, 1);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve_until<stack::AskReplace>();
        shop.answer_next();
        std::string later;  // the first whose turn has not come
        for (const auto& [sku, qoh] : shop.counts)
            if (qoh == 10) later = sku;
        shop.counts[later] = 9;
        shop.orders_since = 1;
        shop.serve(60);
        CHECK(shop.counts[later] == 9);
        CHECK(line(bench, job, later).result != jobs::ItemResult::ok);
        CHECK(std::ranges::count_if(shop.counts, [](const auto& entry) { return entry.second == 11; }) == 1);
    }
}
