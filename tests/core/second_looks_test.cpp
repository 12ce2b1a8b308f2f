#include <doctest/doctest.h>

#include <chrono>

#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

TEST_SUITE("SecondLooks") {
    TEST_CASE("carts that confirmed the same change within a second are looked at in one turn, a minute later") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        for (const auto* id : {"a", "b"}) bench.cart(id).cart.learned.counts = cart::CountSource::qohquery;
        bench.snapshot({{"X", 10}});
        bench.pass(1'000ms - bench.now.steady.time_since_epoch() % 1'000ms + 100ms);
        bench.submit("X", -1);
        auto first = bench.take<stack::AskUpdate>();
        auto second = bench.take<stack::AskUpdate>();
        REQUIRE(second);
        bench.answer(*first, applied_under_key(*first, 9));
        bench.pass(40ms);
        bench.answer(*second, applied_under_key(*second, 9));

        const auto looked_at = [&](const char* cart) { return bench.controller.looks.next_wakeup(bench.cart(cart)); };
        REQUIRE(looked_at("a"));
        CHECK(looked_at("a") == looked_at("b"));
        CHECK(*looked_at("a") - bench.now.steady >= 60s);
        CHECK(*looked_at("a") - bench.now.steady < 61s);
    }
}
