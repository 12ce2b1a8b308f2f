// Jobs on a controller in memory, SKUs that wait: what must never happen, each with the steps that once led to it.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

namespace {

// The Order Manager imports the orders that made SKUs wait; what waits is looked at again.
void let_go_on(Workbench& bench, Shop& shop, const std::string& last) {
    shop.orders_since = 0;
    import_orders(bench, last);
    bench.pass(std::chrono::seconds{31});
}

// 900 SKUs of a Get wait at a plain script for an import, and it comes.
struct ManyWait : OpenShop {
    ManyWait() : OpenShop{Script::plain, all_with(10), all_with(9), 1}, job{start(*this, Kind::get_qoh)} {
        shop.serve();
        REQUIRE(waiting() == 900);
        let_go_on(*this, shop, "101");
    }

    // To the last question of their round.
    void read() {
        for (int look = 0; look < 2; ++look) {
            shop.serve_until<stack::AskCounts>();
            REQUIRE_FALSE(asks().empty());
            CHECK(std::get<stack::AskCounts>(asks().front().what).skus.size() == 900);
            shop.answer_next();
        }
        shop.serve_until<stack::AskOrderCount>();
    }
    [[nodiscard]] std::int64_t waiting() { return store.jobs.counts(job)[ItemResult::waiting]; }

    jobs::JobId job;

private:
    [[nodiscard]] static std::map<std::string, std::int64_t> all_with(std::int64_t qoh) {
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < 900; ++i) counts["S" + std::to_string(1'000 + i)] = qoh;
        return counts;
    }
};

}  // namespace

TEST_SUITE("Jobs: waiting") {
    TEST_CASE("a smaller job does not swallow what waits for a bigger one") {
        OpenShop bench{Script::with_keys, {{"X", 8}, {"Y", 8}}, {{"X", 10}, {"Y", 10}}, 2};
        auto& shop = bench.shop;
        const auto all = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, all, "Y").result == ItemResult::waiting);
        const auto one = start(bench, Kind::send_qoh, {.skus = {{"X"}}});
        shop.serve();
        CHECK(line(bench, all, "X").result == ItemResult::skipped);
        CHECK(line(bench, all, "Y").result == ItemResult::waiting);
        CHECK(line(bench, one, "X").result == ItemResult::waiting);
    }
    TEST_CASE("what moved while a job read it says that it waits for an import, and goes on with it") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 7}}};
        const auto job = start(bench, Kind::send_qoh, {.allows_pending = true});
        shop.serve_until<stack::AskAllCounts>();
        shop.answer_next();
        --shop.counts["X"];
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.pass(std::chrono::seconds{31});
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
        CHECK(line(bench, job, "X").text == "The Order Manager has not told yet which web orders it has imported.");
        import_orders(bench, "101", {{"101", {{"101", "X", "", 1, 0, {}}}}});
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 9);
    }
    TEST_CASE("what waits says why it still does after an import: orders have come since") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 7}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").text == "The Order Manager has not told yet which web orders it has imported.");
        shop.orders_since = 1;
        import_orders(bench);
        bench.pass(std::chrono::seconds{31});
        shop.serve(4);
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
        CHECK(line(bench, job, "X").text == "1 web order of the store has not been imported by the Order Manager.");
    }
    TEST_CASE("a shop without any order whose Order Manager names one: the jobs and what waits say so, and what to do") {
        const std::string said = "a says that it has no web order at all, but the Order Manager has named 1000 as the last one";
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 7}}};
        shop.has_no_orders = true;
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        import_orders(bench, "1000");
        bench.pass(std::chrono::seconds{31});
        shop.serve(4);
        CHECK(line(bench, job, "X").text.starts_with(said));
        for (const bool is_selection : {false, true}) {
            const auto audit = start(bench, Kind::audit, {.skus = is_selection ? std::optional{std::vector<std::string>{"X"}} : std::nullopt});
            shop.serve();
            CHECK(line(bench, audit, "X").text.starts_with(said));
        }
        import_orders(bench, "");
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::ok);
    }
    TEST_CASE("what waits does not go out any more once it would wipe out counts") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        std::map<std::string, std::int64_t> zeros;
        for (int i = 0; i < 12; ++i) {
            const auto sku = "S" + std::to_string(i);
            store_counts[sku] = 10;
            book[sku] = 11;
            zeros[sku] = 0;
        }
        bench.open_cart("a", Script::with_keys, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "S3").result == ItemResult::waiting);
        bench.snapshot(zeros);
        shop.orders_since = 0;
        import_orders(bench, "102");
        bench.pass(std::chrono::seconds{31});
        shop.serve(30);
        CHECK(shop.counts["S3"] == 10);
        CHECK(line(bench, job, "S3").result == ItemResult::skipped);
    }
    TEST_CASE("a new product that had to wait is handed out when it can be") {
        OpenShop bench{Script::with_keys, {{"NEW", 4}}, {{"X", 7}}, 2};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::get_qoh, {.creates_records = true});
        shop.serve();
        REQUIRE(line(bench, job, "NEW").result == ItemResult::waiting);
        // One piece of it was in those orders.
        shop.orders_since = 0;
        import_orders(bench, "102", {{"102", {{"102", "NEW", "", 1, 0, {}}}}});
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "NEW").result == ItemResult::new_);
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        CHECK(items[0].is_new_product);
        CHECK(items[0].delta == 5);
    }
    TEST_CASE("a SKU that waits and is gone from the store ends as not found") {
        OpenShop bench{Script::with_keys, {{"X", 8}, {"Y", 8}}, {{"X", 10}, {"Y", 10}}, 2};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        shop.counts.erase("X");
        let_go_on(bench, shop, "102");
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::not_found);
        CHECK(line(bench, job, "Y").result == ItemResult::ok);
    }
    TEST_CASE("a SKU that waits and is excluded, unmapped or not counted any more ends in words") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 8}, {"Z", 8}});
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.sku_map.set("M", {"Y"});
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes,
                                                      sync::Credentials::unchanged, bench.now));
        });
        bench.snapshot({{"X", 10}, {"M", 10}, {"Z", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 8}, {"Z", 8}}, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        for (const auto* sku : {"X", "Y", "Z"}) REQUIRE(line(bench, job, sku).result == ItemResult::waiting);
        bench.turn([&] {
            auto config = bench.cart("a").config();
            config.exclude.insert("X");
            config.sku_map.set("M", {"OTHER"});
            config.sku_map.set("NOBODY", {"Y"});
            REQUIRE(bench.controller.switching.update(config, sync::SameStore::yes,
                                                      sync::Credentials::unchanged, bench.now));
            auto item = bench.item("Z");
            item.is_tracked = false;
            bench.store.items.save(item);
        });
        bench.pass(std::chrono::seconds{31});
        shop.serve(4);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
        CHECK(line(bench, job, "Y").result == ItemResult::skipped);
        CHECK(line(bench, job, "X").text.find("excluded") != std::string::npos);
        CHECK(line(bench, job, "Y").text.find("not sold under this SKU") != std::string::npos);
        CHECK(line(bench, job, "Z").result == ItemResult::not_tracked);
        CHECK(bench.store.jobs.with_waiting(bench.cart("a").cart.key).empty());
    }
    TEST_CASE("where counts can only be replaced a SKU that cannot be sent now asks for another Send") {
        OpenShop bench{Script::plain, {{"X", 8}}, {{"X", 10}}, 2};
        auto& shop = bench.shop;
        make_absolute(bench);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::error);
        CHECK(line(bench, job, "X").text.find("Start Send again") != std::string::npos);
        CHECK(shop.counts["X"] == 8);
    }
    TEST_CASE("a SKU that waits at a script that turns out to be absolute asks for another Send") {
        OpenShop bench{Script::plain, {{"X", 8}}, {{"X", 10}}, 2};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.turn([&] { bench.cart("a").cart.learned.dialect.reset(); });  // as if it took no differences
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::error);
    }
    TEST_CASE("a preview with SKUs that would wait is not taken up again") {
        OpenShop bench{Script::with_keys, {{"X", 8}}, {{"X", 10}}, 2};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.pass(std::chrono::minutes{5});
        shop.serve(2);
        CHECK(*bench.controller.next_wakeup(bench.now) > bench.now.steady + std::chrono::hours{2});
    }
    TEST_CASE("the later word counts: what an older job's round had read does nothing any more") {
        OpenShop bench{Script::with_keys, {{"X", 8}}, {{"X", 10}}, 2};
        auto& shop = bench.shop;
        const auto older = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, older, "X").result == ItemResult::waiting);
        let_go_on(bench, shop, "102");
        for (int look = 0; look < 2; ++look) {
            shop.serve_until<stack::AskCounts>();
            shop.answer_next();
        }
        shop.serve_until<stack::AskOrderCount>();  // the last question of the round
        const auto asked = bench.asks().front();
        bench.asks().clear();
        const auto newer = start(bench, Kind::get_qoh);
        shop.answer(asked);
        CHECK(bench.posts().empty());
        shop.serve();
        CHECK(line(bench, newer, "X").result == ItemResult::ok);
        CHECK(line(bench, older, "X").result == ItemResult::skipped);
        CHECK(bench.posts().empty());
        CHECK(pull(bench)[0].delta == -2);
    }
    TEST_CASE("where the connector names the orders, an import does not disturb a round") {
        OpenShop bench{Script::with_moves, {{"X", 8}}, {{"X", 10}}};
        auto& shop = bench.shop;
        bench.turn([&] {
            REQUIRE(bench.controller.snapshots.receive({"om", "long", 0, false, {}}, bench.now));
        });
        auto item = bench.item("X");
        bench.turn([&] {
            item.needs_retake = true;
            bench.store.items.save(item);
        });
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        bench.turn([&] {
            item.needs_retake = false;
            bench.store.items.save(item);
        });
        bench.pass(std::chrono::hours{1});
        shop.serve_until<stack::AskMoves>();
        import_orders(bench, "150");
        shop.answer_next();
        bench.pass(some_time);
        REQUIRE_FALSE(bench.asks().empty());
        shop.answer_next();
        CHECK(bench.posts().size() == 1);
    }
    TEST_CASE("what waits goes on by itself at a cart that is not synchronized, too") {
        for (const auto kind : {Kind::send_qoh, Kind::get_qoh}) {
            OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}, 1};
            auto& shop = bench.shop;
            turn_off(bench);
            const auto job = start(bench, kind);
            shop.serve();
            REQUIRE(state(bench, job) == jobs::State::done);
            REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
            let_go_on(bench, shop, "101");
            shop.serve();
            CHECK(line(bench, job, "X").result == ItemResult::ok);
            if (kind == Kind::send_qoh) CHECK(shop.counts["X"] == 7);
            else CHECK(pull(bench).size() == 1);
            CHECK(bench.cart("a").job_needs == stack::JobNeeds::nothing);  // and nobody asks the cart any more
        }
    }
    TEST_CASE("what waits at a cart that is not synchronized goes on after a restart, too") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}, 1};
        auto& shop = bench.shop;
        turn_off(bench);
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        bench.restart();
        let_go_on(bench, shop, "101");
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 7);
    }
    TEST_CASE("what waits is not done any more once synchronization was turned off") {
        OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 7}}, 1};
        auto& shop = bench.shop;
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "X").result == ItemResult::waiting);
        turn_off(bench);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
        let_go_on(bench, shop, "101");
        shop.serve();
        CHECK(shop.counts["X"] == 10);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("the line of a post that a round has sent ends while other SKUs still wait") {
        Workbench bench;
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < 600; ++i) counts["S" + std::to_string(1'000 + i)] = 10;
        bench.open_cart("a", Script::with_keys, counts);
        bench.cart("a").cart.learned.counts = cart::CountSource::qohquery;  // rounds of 250
        auto due = counts;
        for (auto& [sku, qoh] : due) qoh = 9;
        bench.snapshot(due);
        import_orders(bench);
        Shop shop{bench, counts, 1};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(bench.store.jobs.counts(job)[ItemResult::waiting] == 600);
        let_go_on(bench, shop, "101");
        bool have_some_ended = false;
        for (int i = 0; i < 60; ++i) {
            shop.serve(1);
            auto now = bench.store.jobs.counts(job);
            have_some_ended = have_some_ended || (now[ItemResult::ok] > 0 && bench.store.jobs.has_waiting_for_store(job));
        }
        CHECK(have_some_ended);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 600);
    }
    TEST_CASE("where the whole list is told for any count, one reading serves all SKUs that wait, slice by slice") {
        ManyWait bench;
        bench.read();
        bench.shop.answer_next();
        CHECK(bench.waiting() > 0);
        bench.shop.serve();
        CHECK(bench.store.jobs.counts(bench.job)[ItemResult::ok] == 900);
    }
    TEST_CASE("a reading of many that fails tells all of them why they still wait") {
        ManyWait bench;
        bench.read();
        bench.shop.orders_since = 3;
        bench.shop.serve(2);
        for (const auto* sku : {"S1000", "S1899"})
            CHECK(line(bench, bench.job, sku).text == "3 web orders of the store have not been imported by the Order Manager.");
        CHECK(bench.waiting() == 900);
    }
    TEST_CASE("a reading is not worked off later when its store could not be asked meanwhile: it is read again") {
        ManyWait bench;
        bench.read();
        bench.shop.answer_next();
        bench.turn([&] { REQUIRE(bench.controller.interventions.pause({{}, "a"}, std::nullopt, bench.now)); });
        const auto waited = bench.waiting();
        REQUIRE(waited > 0);
        bench.turn([&] { REQUIRE(bench.controller.interventions.resume({{}, "a"}, bench.now)); });
        CHECK(bench.waiting() == waited);
        bench.pass(std::chrono::seconds{31});
        bench.shop.serve(30);
        CHECK(bench.store.jobs.counts(bench.job)[ItemResult::ok] == 900);
    }
    TEST_CASE("an import that is told of while a reading is worked off, even an incomplete one, ends what it rests on") {
        ManyWait bench;
        bench.read();
        bench.shop.answer_next();
        REQUIRE(line(bench, bench.job, "S1899").result == ItemResult::waiting);
        --bench.shop.counts["S1899"];
        import_orders(bench, "102", {{"102", {{"102", "S1899", "", 1, 1, {}}}}});  // its change comes later
        REQUIRE_FALSE(bench.cart("a").cart.import_complete.value_or(true));
        for (int turn = 0; turn < 100; ++turn) bench.turn();
        CHECK(line(bench, bench.job, "S1899").result == ItemResult::waiting);
    }
}
