// The one notice of what an audit found: people hear of it, and it goes when nothing of it is left.
#pragma once
#include "core/jobs/tools.h"

namespace stocktray::jobs {

// Of an audit that has ended, or of whose SKUs that waited some have ended.
void tell_drift(Tools& tools, const stack::CartState& cart, const Job& job, Now now);

// Counts were taken back: both sides differ again, as somebody wanted.
void tell_taken_back(Tools& tools, const stack::CartState& cart, const Job& job, Now now);

// A Send of the whole cart has ended, and nothing of it is left to be mended: the notice goes.
[[nodiscard]] bool leaves_nothing(const Tools& tools, const Job& job);

// Counts have been changed since: what is left of what the last audit or undo named? A notice of very many stays as it is
// until the next audit.
void look_at_drift(Tools& tools, const stack::CartState& cart, Now now);

}  // namespace stocktray::jobs
