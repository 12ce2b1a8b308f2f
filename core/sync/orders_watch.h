// What people are told of a cart's web orders besides an incomplete import: orders that the store has lost, and such that the
// Order Manager does not take from its QOH.
#pragma once
#include <string>

#include "core/journal.h"
#include "core/stack/cart_board.h"
#include "core/store/store.h"

namespace stocktray::sync {

// The shop has told its highest order number, asked at `asked`. One below the last that was imported is told to people: a store
// that was put back gives its numbers again, and an Order Manager that asks for what is above the last of them misses those
// orders. Posting goes on, because a shop whose newest order was deleted looks the same, and because what such a store has lost of
// our changes shows in its counter.
void watch_top_order(Journal& journal, const stack::CartState& cart, const std::string& top_order, AgentTime asked, Now now);

// Lines whose pieces were not taken within 30 days keep the store's count that much lower: a person has to end them.
void tell_waiting_orders(const store::Store& store, const stack::CartBoard& board, Journal& journal, Now now);

}  // namespace stocktray::sync
