#include "core/sync/switching.h"

#include <doctest/doctest.h>

#include "tests/core/workbench.h"

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
