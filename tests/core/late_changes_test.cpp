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

// Two carts that are equal, and what waits for them.
struct TwoCarts : Workbench {
    TwoCarts() {
        for (const std::string cart : {"a", "b"}) open_cart(cart, Script::with_keys, {{"X", 10}, {"Y", 10}});
        Workbench::snapshot({{"X", 10}});
    }
    [[nodiscard]] inventory::Change counted(std::int64_t qoh, std::int64_t version, WallTime at) { return ::counted(*this, qoh, version, at); }
    [[nodiscard]] inventory::Change counted_as(const std::string& sku, std::int64_t qoh, std::int64_t version) {
        auto change = counted(qoh, version, now.wall);
        change.sku = sku;
        return change;
    }
    [[nodiscard]] inventory::Change of_order(std::int64_t qoh, std::int64_t version, std::int64_t taken, WallTime at) {
        auto change = counted(qoh, version, at);
        change.reason = inventory::Reason::web_order_imported;
        change.origin_cart = "a";
        change.order = "77";
        change.taken = inventory::Delta{taken};
        return change;
    }
    // As when a Send has closed its gap.
    void has_been_sent(const std::string& cart) {
        turn([&] {
            auto one = listing(cart, "X");
            one.align();
            store.listings.save(one);
        });
    }
    [[nodiscard]] std::int64_t waiting(const std::string& cart) {
        std::int64_t pieces = 0;
        for (const auto& post : posts())
            if (post.cart == cart) pieces += post.post.delta.pieces;
        return pieces;
    }
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
    TEST_CASE("a count around a second snapshot goes to a store whose gap was sent since the first as what that store lacks") {
        Counted shop{10};
        shop.submit(counted(shop.bench, 10, 1, shop.bench.now.wall + std::chrono::minutes{3}));
        shop.bench.pass(std::chrono::hours{1});
        shop.bench.snapshot({{"X", 50}});
        shop.send();
        REQUIRE(shop.at_store() == 50);
        shop.bench.pass(std::chrono::hours{1});
        const auto before = shop.bench.now.wall - std::chrono::minutes{30};
        shop.bench.snapshot({{"X", 60}});
        SUBCASE("in its minutes") {
            shop.submit(counted(shop.bench, 59, 2, shop.bench.now.wall));
            CHECK(shop.book() == 59);
            CHECK(shop.at_store() == 59);
        }
        SUBCASE("from before it") {
            shop.submit(counted(shop.bench, 49, 2, before));
            CHECK(shop.at_store() == 49);
            shop.submit(counted(shop.bench, 60, 3, before));
            CHECK(shop.book() == 60);
            CHECK(shop.at_store() == 60);
        }
    }
    TEST_CASE("and where only some stores have what was sent, as what the book says was sold") {
        TwoCarts bench;
        bench.submit(bench.counted(10, 1, bench.now.wall));
        bench.pass(std::chrono::hours{1});
        bench.snapshot({{"X", 50}});
        bench.has_been_sent("a");
        bench.pass(std::chrono::hours{1});
        bench.snapshot({{"X", 60}});
        bench.submit(bench.counted(59, 2, bench.now.wall));
        CHECK(bench.waiting("a") == -1);
        CHECK(bench.waiting("b") == -1);
    }
    TEST_CASE("the first count of all, of an order that the snapshot may hold, gives nothing back to the order's cart") {
        for (const bool is_sent : {false, true})
            for (const bool is_old : {false, true}) {
                CAPTURE(is_sent);
                CAPTURE(is_old);
                TwoCarts bench;
                bench.pass(std::chrono::hours{2});
                bench.snapshot({{"X", 8}});
                if (is_sent) bench.has_been_sent("a");
                bench.submit(bench.of_order(8, 1, 2, bench.now.wall - (is_old ? std::chrono::hours{1} : std::chrono::hours{0})));
                CHECK(bench.posts().empty());
            }
    }
    TEST_CASE("a count that comes too late takes nothing off where the newer one was not posted either") {
        TwoCarts bench;
        bench.submit(bench.counted_as("Y", 8, 6));
        REQUIRE(bench.has_alert("no_baseline"));
        auto late = bench.of_order(8, 5, 2, bench.now.wall);
        late.sku = "Y";
        CHECK(bench.submit(late).superseded == 1);
        CHECK(bench.posts().empty());
        // From then on it does.
        bench.submit(bench.counted_as("Y", 5, 8));
        CHECK(bench.waiting("a") == -3);
        auto later = bench.of_order(7, 7, 1, bench.now.wall);
        later.sku = "Y";
        later.order = "78";
        CHECK(bench.submit(later).superseded == 1);
        CHECK(bench.waiting("a") == -2);
        CHECK(bench.waiting("b") == -3);
    }
    TEST_CASE("what one count took for an order counts once, under however many ids it is told") {
        TwoCarts bench;
        bench.submit(bench.counted(10, 1, bench.now.wall));
        bench.pass(std::chrono::hours{1});
        for (const bool is_first : {true, false}) {
            const auto taken = bench.submit(bench.of_order(7, 3, 3, bench.now.wall));
            CHECK(taken.accepted == (is_first ? 1 : 0));
            CHECK(taken.superseded == (is_first ? 0 : 1));
            CHECK(bench.waiting("a") == 0);
            CHECK(bench.waiting("b") == -3);
        }
        // So it is of one that came too late.
        for (int round = 0; round < 2; ++round) {
            auto late = bench.of_order(8, 2, 2, bench.now.wall);
            late.order = "78";
            CHECK(bench.submit(late).superseded == 1);
            CHECK(bench.waiting("a") == 2);
        }
        std::int64_t pieces = 0;
        for (const auto& taking : bench.store.orders.takings_of(bench.cart("a").cart.key, "X")) pieces += taking.pieces;
        CHECK(pieces == 5);
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
