#include <doctest/doctest.h>

#include "core/cart/http/retry_after.h"

namespace stocktray::http {

TEST_SUITE("retry_after") {
    const WallTime now = wall_from_ms(1'700'000'000'000);  // Tue, 14 Nov 2023 22:13:20 GMT

    TEST_CASE("seconds") {
        CHECK(retry_after("120", now) == Milliseconds{120'000});
        CHECK(retry_after("0", now) == Milliseconds{0});
    }

    TEST_CASE("a date is counted from now, and one that is past is now") {
        CHECK(retry_after("Tue, 14 Nov 2023 22:13:50 GMT", now) == Milliseconds{30'000});
        CHECK(retry_after("Tue, 14 Nov 2023 20:00:00 GMT", now) == Milliseconds{0});
    }

    TEST_CASE("nobody has to wait longer than a year") {
        CHECK(retry_after("99999999999999999999999", now) == std::chrono::hours{24 * 365});
        CHECK(retry_after("999999999", now) == std::chrono::hours{24 * 365});
        CHECK(retry_after("Tue, 14 Nov 2033 20:00:00 GMT", now) == std::chrono::hours{24 * 365});
    }

    TEST_CASE("nonsense is no wish") {
        for (const char* value : {"", "soon", "-5", "1.5"}) {
            CAPTURE(value);
            CHECK_FALSE(retry_after(value, now));
        }
    }
}

}  // namespace stocktray::http
