// An Order Manager that does not take over what Get QOH has found: those SKUs stand still, so people hear of it.
#pragma once
#include "core/journal.h"
#include "core/stack/cart_board.h"
#include "core/store/store.h"

namespace stocktray::jobs {

// Tells of what has waited for a day, and of nothing any more once it does not. Asked now and then.
void remind_of_handover(store::Store& store, const stack::CartBoard& board, Journal& journal, Now now);

}  // namespace stocktray::jobs
