#include "core/stack/lateness.h"

#include <doctest/doctest.h>

#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::stack;
using namespace stocktray::tests;

TEST_SUITE("Lateness") {
    constexpr LatenessLimits limits{Milliseconds{20'000}, Milliseconds{120'000}};

    TEST_CASE("slow after 20 seconds, late after two minutes, not before") {
        CHECK(timeliness(Milliseconds{20'000}, limits) == Timeliness::on_time);
        CHECK(timeliness(Milliseconds{20'001}, limits) == Timeliness::slow);
        CHECK(timeliness(Milliseconds{120'000}, limits) == Timeliness::slow);
        CHECK(timeliness(Milliseconds{120'001}, limits) == Timeliness::late);
    }
    TEST_CASE("the next judgement is when the answer changes, and none follows late") {
        constexpr AgentTime oldest{Milliseconds{5'000}};
        CHECK(next_judgement(oldest, oldest, limits) == oldest + Milliseconds{20'001});
        CHECK(next_judgement(oldest, oldest + Milliseconds{20'001}, limits) == oldest + Milliseconds{120'001});
        CHECK_FALSE(next_judgement(oldest, oldest + Milliseconds{120'001}, limits));
    }
    TEST_CASE("a long Send is not late while its posts are confirmed one behind the other") {
        constexpr int skus = 12;
        std::map<std::string, std::int64_t> before;
        std::map<std::string, std::int64_t> after;
        for (int n = 0; n < skus; ++n) {
            before["S" + std::to_string(n)] = 10;
            after["S" + std::to_string(n)] = 11;
        }
        OpenShop bench{Script::plain, before, after};
        start(bench, jobs::Kind::send_qoh, {.overrides_guard = true});
        bench.shop.serve_until<AskUpdate>();
        for (int confirmed = 0; confirmed < 6; ++confirmed) {
            bench.pass(std::chrono::seconds{40});
            const auto update = bench.take<AskUpdate>();
            REQUIRE(update);
            bench.answer(*update, applied(11));
            CHECK_FALSE(bench.has_alert("late"));
        }
        SUBCASE("and is late when nothing is confirmed any more") {
            bench.pass(std::chrono::seconds{121});
            CHECK(bench.has_alert("late"));
        }
        SUBCASE("and a change that goes with one of them waits since then") {
            for (const auto& waiting : bench.posts(stack::State::queued)) bench.submit(waiting.sku, -3);
            // One line to the store is kept for changes; what is beyond it waits.
            REQUIRE(!bench.posts(stack::State::queued).empty());
            CHECK(bench.posts(stack::State::queued).back().post.delta == inventory::Delta{-2});
            CHECK_FALSE(bench.has_alert("late"));
        }
        SUBCASE("nor after a start, when nobody knows what was confirmed") {
            for (const auto& ask : std::exchange(bench.asks(), {})) bench.answer(ask, applied(11));
            bench.restart();
            CHECK_FALSE(bench.has_alert("late"));
        }
        SUBCASE("nor does it hide one of its posts that does not get through") {
            const auto refused_one = bench.take<AskUpdate>();
            REQUIRE(refused_one);
            const auto sku = update_in(*refused_one).sku;
            bench.answer(*refused_one, refused(cart::Cause::busy));
            for (int confirmed = 0; confirmed < 4; ++confirmed) {
                bench.pass(std::chrono::seconds{40});
                auto update = bench.take<AskUpdate>();
                REQUIRE(update);
                if (update_in(*update).sku == sku) {
                    bench.answer(*update, refused(cart::Cause::busy));
                    update = bench.take<AskUpdate>();
                    REQUIRE(update);
                }
                bench.answer(*update, applied(11));
            }
            CHECK(bench.has_alert("late"));
        }
        SUBCASE("nor does it hide a change that waits") {
            bench.submit("S0", -1);
            bench.submit("S1", -1);
            for (int confirmed = 0; confirmed < 4; ++confirmed) {
                bench.pass(std::chrono::seconds{40});
                for (auto it = bench.asks().begin(); it != bench.asks().end(); ++it)
                    if (std::holds_alternative<AskUpdate>(it->what) && update_in(*it).delta == 1) {
                        const auto ask = *it;
                        bench.asks().erase(it);
                        bench.answer(ask, applied(11));
                        break;
                    }
            }
            CHECK(bench.has_alert("late"));
        }
    }
}
