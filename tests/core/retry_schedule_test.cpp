#include "core/stack/retry_schedule.h"

#include <doctest/doctest.h>

using stocktray::Milliseconds;
using stocktray::stack::RetrySchedule;

TEST_SUITE("RetrySchedule") {
    constexpr RetrySchedule schedule{{Milliseconds{1'000}, Milliseconds{60'000}, Milliseconds{3'600'000}}};

    TEST_CASE("the whole wait is random, from nothing to a ceiling that doubles") {
        CHECK(schedule.next_wait(1, 0, {}) == Milliseconds{0});
        CHECK(schedule.next_wait(1, 1'000, {}) == Milliseconds{1'000});
        CHECK(schedule.next_wait(3, 4'000, {}) == Milliseconds{4'000});
    }
    TEST_CASE("no wait of ours is longer than the cap, for ever") {
        for (const std::int64_t attempts : {7, 50, 1'000'000})
            CHECK(schedule.next_wait(attempts, 60'000, {}) == Milliseconds{60'000});
    }
    TEST_CASE("a store that asks for more time gets it, up to a limit") {
        CHECK(schedule.next_wait(1, 5, Milliseconds{120'000}) == Milliseconds{120'000});
        CHECK(schedule.next_wait(1, 5, Milliseconds{99'000'000}) == Milliseconds{3'600'000});
    }
}
