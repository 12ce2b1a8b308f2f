// SQLite alone, with a write-ahead log and full synchronization: BATCH changes in each transaction.
#include "tests/bench/floor/floor.h"
#include "tests/bench/floor/ledger.h"

int main(int argc, char** argv) {
    using namespace stocktray::bench;
    if (argc != 5) return usage("floor-commits FOLDER SECONDS BATCH sqlite|store");
    const auto ledger = open_ledger(argv[4], argv[1]);
    if (!ledger) return usage("floor-commits FOLDER SECONDS BATCH sqlite|store");
    const auto batch = std::atoll(argv[3]);
    Course course{argv[2]};
    while (!course.is_over()) {
        const auto begun = Clock::now();
        ledger->commit(static_cast<std::size_t>(batch));
        course.done(begun, batch);
    }
    course.print();
    return 0;
}
