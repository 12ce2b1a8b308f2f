#include <doctest/doctest.h>

#include "tests/support/process.h"
#include "tests/support/random_killer.h"

using namespace stocktray::tests;
using namespace std::chrono_literals;

TEST_SUITE("Random killer") {
    TEST_CASE("whom it has killed does not run any more") {
        RandomKiller killer{1, 2ms};
        int still_running = 0;
        for (int n = 0; n < 200; ++n) {
            Process process{Command{{"sleep", "60"}, {}, {}}};
            killer.watch(process.id());
            while (killer.kills() == n) {
            }
            still_running += process.is_running() ? 1 : 0;
        }
        CHECK(still_running == 0);
    }
}
