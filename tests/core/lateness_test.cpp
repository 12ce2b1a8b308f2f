#include "core/stack/lateness.h"

#include <doctest/doctest.h>

using namespace stocktray;
using namespace stocktray::stack;

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
}
