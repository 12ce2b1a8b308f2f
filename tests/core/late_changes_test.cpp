// Changes that come after a snapshot which contains them, or may: each store gets what it lacks, once.
#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using inventory::Quantity;
using jobs::Kind;

namespace {

inventory::Change counted(Workbench& bench, std::int64_t qoh, std::int64_t version, WallTime at) {
    auto change = bench.change("X", 0);
    change.delta.reset();
    change.qoh = Quantity{qoh};
    change.version = version;
    change.at = at;
    return change;
}

// A shop that is equal, and whose X the Order Manager counts anew an hour later.
struct Counted {
    OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 10}}};
    WallTime before{};

    explicit Counted(std::int64_t qoh) {
        start(bench, Kind::send_qoh);
        bench.shop.serve();
        before = bench.now.wall;
        bench.pass(std::chrono::hours{1});
        bench.snapshot({{"X", qoh}});
    }
    void send() {
        start(bench, Kind::send_qoh);
        bench.shop.serve();
    }
    void submit(inventory::Change change) {
        REQUIRE(bench.submit(std::move(change)).accepted == 1);
        bench.shop.serve(3);
    }
    [[nodiscard]] std::int64_t at_store() { return bench.shop.counts["X"]; }
    [[nodiscard]] std::int64_t book() { return bench.item("X").qoh.pieces; }
};

}  // namespace

TEST_SUITE("Late changes") {
    TEST_CASE("a difference that the snapshot contains goes to the store that lacks it, and to none whose gap was sent") {
        for (const bool was_sent : {false, true}) {
            Counted shop{9};
            if (was_sent) shop.send();
            CHECK(shop.at_store() == (was_sent ? 9 : 10));
            auto sale = shop.bench.change("X", -1);
            sale.at = shop.before;
            shop.submit(sale);
            CHECK(shop.book() == 9);
            CHECK(shop.at_store() == 9);
        }
    }
    TEST_CASE("and to none whose gap was sent, where all of its cart is doubted since") {
        Counted shop{9};
        shop.send();
        for (const bool is_on : {false, true})
            shop.bench.turn([&] { shop.bench.controller.switching.set_parameter("SynchQOH", is_on, shop.bench.now); });
        shop.bench.shop.serve();
        REQUIRE_FALSE(shop.bench.listing("a", "X").is_aligned);
        auto sale = shop.bench.change("X", -1);
        sale.at = shop.before;
        shop.submit(sale);
        shop.bench.shop.serve();
        CHECK(shop.bench.posts(stack::State::queued).empty());
        CHECK(shop.at_store() == 9);
    }
    TEST_CASE("a count in the minutes around a snapshot moves a store that follows the book by what the book moves") {
        Counted shop{10};
        shop.submit(counted(shop.bench, 10, 1, shop.bench.now.wall + std::chrono::minutes{3}));
        shop.bench.pass(std::chrono::hours{1});
        shop.bench.snapshot({{"X", 50}});
        shop.send();
        REQUIRE(shop.at_store() == 50);
        shop.submit(counted(shop.bench, 49, 2, shop.bench.now.wall));
        CHECK(shop.book() == 49);
        CHECK(shop.at_store() == 49);
    }
    TEST_CASE("a first count from before the snapshot moves nothing") {
        Counted shop{9};
        shop.submit(counted(shop.bench, 10, 1, shop.before));
        CHECK(shop.at_store() == 10);
        // The next one tells what happened since.
        shop.submit(counted(shop.bench, 9, 2, shop.before + std::chrono::seconds{1}));
        CHECK(shop.at_store() == 9);
        CHECK(shop.book() == 9);
    }
}
