// A quiet read of some listings for a job; when it has been read, it is worked off slice by slice.
#pragma once
#include <cstddef>

#include "core/jobs/guard.h"
#include "core/sync/quiet_round.h"

namespace stocktray::jobs {

struct Round {
    sync::QuietRound reading;
    std::size_t weighed{0};  // for the guard
    std::size_t concluded{0};
    Reach shown{};  // what those that were weighed would change
};

}  // namespace stocktray::jobs
