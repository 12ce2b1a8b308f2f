// SKUs that the Order Manager has to count again: until then they are neither compared nor sent, and people are told.
#pragma once
#include "core/journal.h"
#include "core/store/store.h"

namespace stocktray::sync {

// One notice of all of them, as they are now; none is left: it goes.
void tell_retakes(const store::Store& store, Journal& journal, Now now);

}  // namespace stocktray::sync
