// When the database is read although its watermark says that nothing has changed, and when not.
#include "tests/agent/gateway/database/a_watch.h"

using namespace stocktray::tests;

TEST_SUITE("Watcher: watermark") {
    TEST_CASE("the big query runs only when the watermark has changed, or something is left to do") {
        Watch watch;
        watch.database.mark = "1";
        watch.settle();
        const int before = watch.database.readings;
        watch.database.counts["A"] = 99;  // and the watermark lies
        CHECK_FALSE(watch.round().has_read);
        CHECK(watch.database.readings == before);
        watch.database.mark = "2";
        CHECK(watch.round().told.changes == 1);
        CHECK_FALSE(watch.round().has_read);

        watch.database.mark = "3";
        watch.database.counts["A"] = 98;
        watch.book.fate = [&watch, n = 0]() mutable {
            (void)watch;
            return n++ == 0 ? BenchBook::Fate::answer_lost : BenchBook::Fate::arrives;
        };
        CHECK_FALSE(watch.watcher->round(watch.now += 10'000));
        CHECK(watch.round().has_read);
        CHECK(watch.in_book("A") == 98);
        CHECK_FALSE(watch.round().has_read);
    }

    TEST_CASE("what the watermark hides is found by a second reading half a minute later, and else within ten minutes") {
        Watch watch;
        watch.database.mark = "18:00:00";
        watch.settle();
        watch.database.mark = "18:01:00";
        watch.database.counts["A"] = 99;
        CHECK(watch.round().told.changes == 1);
        watch.database.counts["B"] = 4;  // in the same second
        CHECK_FALSE(watch.round().has_read);
        CHECK_FALSE(watch.round().has_read);
        CHECK(watch.round().told.changes == 1);
        CHECK(watch.in_book("B") == 4);
        watch.database.counts["B"] = 3;  // and it lies
        const int before = watch.database.readings;
        for (int n = 0; n < 59; ++n) CHECK_FALSE(watch.round().has_read);
        CHECK(watch.database.readings == before);
        CHECK(watch.round().told.changes == 1);
    }
}
