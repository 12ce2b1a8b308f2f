// How the post of a job's line stands, written into the line.
#pragma once
#include "core/jobs/tools.h"

namespace stocktray::jobs {

enum class Followed {
    under_way,
    pending,  // parked or paused: it ends by itself, or by a person; nobody has to wait for it
    ended,
};

// Of a line that has a post. What was applied is read back while the job is at work, else its line ends here. The line
// is saved if there is something new to say.
[[nodiscard]] Followed follow(const Tools& tools, const Job& job, JobItem line);

// The job has ended before the post of the line: the line ends as its post does, and says so until then.
void leave(const Tools& tools, JobItem line);

}  // namespace stocktray::jobs
