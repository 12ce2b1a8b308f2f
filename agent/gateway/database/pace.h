// When a database is asked again. Pure.
#pragma once
#include <algorithm>
#include <chrono>

namespace stocktray::gateway::database {

struct Pace {
    using Duration = std::chrono::milliseconds;

    Duration every{10'000};
    int load_percent{10};  // of the time at most the database is busy with our questions
    Duration first_retry{1'000};
    Duration longest_retry{60'000};

    // The rest after a round in which the database worked for `busy`.
    [[nodiscard]] Duration rest_after(Duration busy) const {
        return std::max(every - busy, busy * (100 - load_percent) / load_percent);
    }
    // The same where something is left that only another reading can decide.
    [[nodiscard]] Duration rest_after_unfinished(Duration busy) const {
        return std::max(std::min(every, first_retry), busy * (100 - load_percent) / load_percent);
    }
    // The rest after the `failures`th failure in a row; `failures` >= 1. Not more often than with success.
    [[nodiscard]] Duration rest_after_failure(int failures, Duration busy) const {
        const Duration doubled = first_retry * (1 << std::min(failures - 1, 20));
        return std::max(std::min(doubled, longest_retry), busy * (100 - load_percent) / load_percent);
    }
};

}  // namespace stocktray::gateway::database
