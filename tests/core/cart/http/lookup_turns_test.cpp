#include <doctest/doctest.h>

#include "core/cart/http/lookup_turns.h"

namespace stocktray::http {
namespace {

using Ids = std::vector<LookupTurns::Id>;
using std::chrono::seconds;

const LookupTurns::Clock::time_point start{};

}  // namespace

TEST_SUITE("LookupTurns") {
    TEST_CASE("the first one asks, the others wait until the name is found") {
        LookupTurns turns{seconds{50}};
        CHECK(turns.ask("shop", 1, start));
        CHECK_FALSE(turns.ask("shop", 2, start));
        CHECK_FALSE(turns.ask("shop", 3, start));
        CHECK(turns.ask("other", 4, start));
        CHECK(turns.found("shop", 2, start).empty());
        CHECK(turns.found("shop", 1, start) == Ids{2, 3});
        CHECK(turns.found("shop", 1, start).empty());
    }

    TEST_CASE("a name that was found needs no turn until it is old") {
        LookupTurns turns{seconds{50}};
        CHECK(turns.ask("shop", 1, start));
        CHECK(turns.found("shop", 1, start).empty());
        CHECK(turns.ask("shop", 2, start + seconds{49}));
        CHECK(turns.ask("shop", 3, start + seconds{49}));
        CHECK(turns.ask("shop", 4, start + seconds{50}));
        CHECK_FALSE(turns.ask("shop", 5, start + seconds{50}));
    }

    TEST_CASE("who waits fails with the lookup") {
        LookupTurns turns{seconds{50}};
        CHECK(turns.ask("shop", 1, start));
        CHECK_FALSE(turns.ask("shop", 2, start));
        CHECK(turns.failed("shop", 1) == Ids{2});
        CHECK(turns.ask("shop", 3, start));
    }

    TEST_CASE("the longest waiting one takes over from one that left") {
        LookupTurns turns{seconds{50}};
        CHECK(turns.ask("shop", 1, start));
        CHECK_FALSE(turns.ask("shop", 2, start));
        CHECK_FALSE(turns.ask("shop", 3, start));
        CHECK_FALSE(turns.ask("shop", 4, start));
        CHECK(turns.left("shop", 2).empty());
        CHECK(turns.left("shop", 1) == Ids{3});
        CHECK(turns.found("shop", 3, start) == Ids{4});
        CHECK(turns.left("nobody", 9).empty());
    }
}

}  // namespace stocktray::http
