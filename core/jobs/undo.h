// Taking back what a Get or Send did, as differences: what was sold since stays.
#pragma once
#include "core/jobs/tools.h"

namespace stocktray::jobs {

// Takes one line of the job `undone` back, or says in a line of `job` why that cannot be. What went to the store goes
// there again the other way round; what the Order Manager has not been given yet is withdrawn, the rest is handed out
// the other way round. The listing is held from repair until its book moves.
void undo_line(Tools& tools, stack::CartState& cart, const Job& job, const Job& undone, const JobItem& line, Now now);

// What Get QOH had handed out is not taken over. Where posts in doubt were settled for it nothing else tells of the
// difference any more: people are told again.
void name_left(const Tools& tools, const store::PullItem& item, const JobItem& line, Now now);

// The same of what Send QOH had settled by a post that was withdrawn before it left.
void name_unsent(const Tools& tools, const stack::CartState& cart, const JobItem& line, Now now);

}  // namespace stocktray::jobs
