#include "core/sync/switching.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using stack::State;

namespace {

Result<void> update(Workbench& bench, const cart::CartConfig& config, sync::SameStore same = sync::SameStore::no) {
    Result<void> result;
    bench.turn([&] {
        result = bench.controller.switching.update(config, same, sync::Credentials::unchanged, bench.now);
    });
    return result;
}

std::string sku_of(std::int64_t n) { return fmt::format("S-{:04}", n); }

// A cart whose changed buffer takes more than one slice, at the first of them.
struct ChangedBuffer {
    static constexpr std::int64_t many = 600;
    Workbench bench;
    cart::CartConfig config;

    ChangedBuffer() {
        std::map<std::string, std::int64_t> counts;
        for (std::int64_t n = 0; n < many; ++n) counts[sku_of(n)] = 10;
        bench.open_cart("a", Script::with_keys, counts);
        bench.snapshot(counts);
        bench.turn([&] { REQUIRE(bench.controller.interventions.pause({{}, "a"}, std::nullopt, bench.now)); });
        config = bench.cart("a").config();
        config.buffer = 3;
        REQUIRE(update(bench, config));
        REQUIRE(bench.controller.switching.has_more(bench.cart("a")));
    }
    // What is on its way to the listing.
    [[nodiscard]] std::int64_t queued(const std::string& sku) {
        std::int64_t sum = 0;
        for (const auto& post : bench.store.posts.waiting_of(bench.listing("a", sku).key)) sum += post.delta.pieces;
        return sum;
    }
    [[nodiscard]] std::int64_t target(const std::string& sku) {
        return inventory::target(bench.item(sku).qoh, bench.cart("a").target_rule(sku)).pieces;
    }
    void finish() {
        while (bench.controller.switching.has_more(bench.cart("a"))) bench.turn();
    }
};

}  // namespace

TEST_SUITE("Switching") {
    TEST_CASE("turning off folds what was never sent and parks what is unclear") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -1);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.submit("X", -1);
        auto config = bench.cart("a").config();
        config.synchronize_inventory = false;
        REQUIRE(update(bench, config));
        CHECK(bench.posts(State::folded).size() == 1);
        CHECK(bench.posts(State::uncertain).front().post.is_parked);
        CHECK(bench.controller.board.health(bench.cart("a")) == stack::Health::off);
    }
    TEST_CASE("turning off parks what is unclear at once, also where a job goes on asking") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.submit("X", -1);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.answer(*bench.take<stack::AskVersion>(), version());
        start(bench, jobs::Kind::audit);
        REQUIRE_FALSE(bench.only_post().post.is_parked);
        turn_off(bench);
        CHECK(bench.only_post().post.is_parked);
    }
    TEST_CASE("turning on makes every listing unaligned and reads the store's counts again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        auto listing = bench.listing("a", "X");
        listing.is_aligned = true;
        bench.turn([&] { bench.store.listings.save(listing); });
        auto config = bench.cart("a").config();
        config.synchronize_inventory = false;
        REQUIRE(update(bench, config));
        CHECK(bench.listing("a", "X").is_aligned);
        config.synchronize_inventory = true;
        REQUIRE(update(bench, config));
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
        CHECK(bench.take<stack::AskVersion>());
    }
    TEST_CASE("a changed buffer reaches the listings as differences") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        auto config = bench.cart("a").config();
        config.buffer = 3;
        REQUIRE(update(bench, config));
        CHECK(bench.only_post().post.delta == inventory::Delta{-3});
    }
    TEST_CASE("a changed buffer goes to many listings slice by slice: what each may show, and its difference, together") {
        ChangedBuffer changed;
        auto& bench = changed.bench;
        const auto first = sku_of(0);
        const auto last = sku_of(ChangedBuffer::many - 1);
        CHECK(changed.target(first) == 7);
        CHECK(changed.target(last) == 10);
        // Changes come in meanwhile, and the agent ends and begins again.
        bench.submit(first, -8);
        bench.submit(last, -8);
        for (const auto& sku : {first, last}) CHECK(10 + changed.queued(sku) == changed.target(sku));
        bench.restart();
        changed.finish();
        for (std::int64_t n = 0; n < ChangedBuffer::many; ++n) {
            const auto sku = sku_of(n);
            REQUIRE(changed.target(sku) == (n == 0 || n == ChangedBuffer::many - 1 ? -1 : 7));
            REQUIRE(10 + changed.queued(sku) == changed.target(sku));
        }
    }
    TEST_CASE("the buffer cannot be changed once more before its differences are made, other things can") {
        ChangedBuffer changed;
        auto config = changed.config;
        config.name = "Other name";
        CHECK(update(changed.bench, config));
        config.buffer = 5;
        CHECK(update(changed.bench, config).error().code == ErrorCode::busy);
        changed.finish();
        REQUIRE(update(changed.bench, config));
        changed.finish();
        CHECK(changed.queued(sku_of(300)) == -5);
    }
    TEST_CASE("a cart that is turned off meanwhile gets no more of the buffer's differences, and the new one holds") {
        ChangedBuffer changed;
        auto config = changed.config;
        config.synchronize_inventory = false;
        REQUIRE(update(changed.bench, config));
        CHECK_FALSE(changed.bench.cart("a").cart.buffer_change);
        changed.finish();
        CHECK(changed.queued(sku_of(ChangedBuffer::many - 1)) == 0);
        CHECK(changed.target(sku_of(ChangedBuffer::many - 1)) == 7);
    }
    TEST_CASE("two OM SKUs on one listing are refused") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}, {"A", 1}});
        auto config = bench.cart("a").config();
        config.sku_map = {{"A", {"Z"}}, {"B", {"Z"}}};
        CHECK(update(bench, config).error().code == ErrorCode::conflict);
        config.sku_map = {{"A", {"X"}}};
        CHECK(update(bench, config).error().code == ErrorCode::conflict);
        config.exclude = {"X"};
        CHECK(update(bench, config));
    }
    TEST_CASE("another URL parks what is unclear, unless it is still the same store") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.submit("X", -1);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        auto config = bench.cart("a").config();
        config.url = "https://new.test/import.php";
        REQUIRE(update(bench, config, sync::SameStore::yes));
        CHECK_FALSE(bench.only_post().post.is_parked);
        config.url = "https://newer.test/import.php";
        REQUIRE(update(bench, config));
        CHECK(bench.only_post().post.is_parked);
        CHECK(bench.cart("a").cart.store_id.empty());
    }
    TEST_CASE("another store has none of the orders that the one before had") {
        for (const auto same : {sync::SameStore::yes, sync::SameStore::no}) {
            OpenShop bench{Script::with_keys, {{"X", 10}}, {{"X", 10}}};
            const auto key = bench.cart("a").cart.key;
            auto change = bench.change("X", -2);
            change.origin_cart = "a";
            change.order = "100";
            bench.submit(change);
            import_orders(bench, "100", {{"100", {{"100", "X", {}, 3, 3, {}}}}});
            REQUIRE(bench.store.orders.takings_of(key, "X").size() == 1);
            auto config = bench.cart("a").config();
            config.url = "https://new.test/import.php";
            REQUIRE(update(bench, config, same));
            const std::size_t left = same == sync::SameStore::yes ? 1 : 0;
            CHECK(bench.store.orders.takings_of(key, "X").size() == left);
            CHECK(bench.store.orders.lines_of(key, "X").size() == left);
            CHECK(bench.store.orders.not_taken(key) == static_cast<std::int64_t>(left));
        }
    }
    TEST_CASE("plain http needs an explicit word, and other schemes are refused") {
        Workbench bench;
        cart::CartConfig config;
        config.id = "a";
        config.url = "http://store.test/import.php";
        bench.turn([&] {
            CHECK(bench.controller.switching.create(config, bench.now).error().message.find("allow_http") !=
                  std::string::npos);
            config.url = "ftp://store.test/";
            CHECK_FALSE(bench.controller.switching.create(config, bench.now));
            config.url = "https://store.test/";
            config.id = "Not An Id";
            CHECK_FALSE(bench.controller.switching.create(config, bench.now));
        });
    }
    TEST_CASE("a cart with unfinished posts is removed only with a reason, and its id is free again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.turn([&] { REQUIRE(bench.controller.interventions.pause({{}, "a"}, std::nullopt, bench.now)); });
        bench.submit("X", -1);
        bench.turn([&] {
            CHECK(bench.controller.switching.remove("a", std::nullopt, bench.now).error().code == ErrorCode::conflict);
            CHECK(bench.controller.switching.remove("a", "shop closed", bench.now));
        });
        CHECK(bench.controller.board.find("a") == nullptr);
        CHECK(bench.posts(State::cancelled).size() == 1);
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
    }
}
