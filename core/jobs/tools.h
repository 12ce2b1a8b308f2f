// What every part of a job works with.
#pragma once
#include "core/journal.h"
#include "core/stack/cart_board.h"
#include "core/stack/exchanges.h"
#include "core/stack/post_queue.h"
#include "core/store/store.h"
#include "core/sync/door.h"
#include "core/sync/doubts.h"
#include "core/sync/repairs.h"
#include "core/sync/scales.h"

namespace stocktray::jobs {

struct Tools {
    store::Store& store;
    stack::CartBoard& board;
    stack::PostQueue& queue;
    Journal& journal;
    stack::Exchanges& exchanges;
    sync::Scales& scales;
    sync::Door& door;
    sync::Repairs& repairs;
    sync::DoubtTimes times;
};

}  // namespace stocktray::jobs
