// The one door: whatever finds a gap (verdict, Send, repair, undo, a person) sends it through here, so that
// no two of them send the same missing pieces.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/journal.h"
#include "core/stack/cart_board.h"
#include "core/stack/post_queue.h"
#include "core/store/store.h"
#include "core/sync/scales.h"

namespace stocktray::sync {

// May a gap of a listing with parked posts be sent without asking anybody?
enum class Verdict {
    send,      // it lies between the sum of their negative and the sum of their positive differences
    confirm,   // positive, and the shop's unseen holds could explain it: the next import must show it again
    person,    // the parked posts do not explain it
};

// `gap` as a quiet read showed it; `parked` the differences in doubt. Pure.
[[nodiscard]] Verdict verdict(inventory::Delta gap, const std::vector<inventory::Delta>& parked, bool sees_all_orders,
                              const std::optional<store::SeenGap>& seen, std::int64_t import, AgentTime now,
                              Milliseconds positive_gap);

// Who has the gap sent; said in the history.
enum class Sender { verdict, send_qoh, repair };

class Door {
public:
    Door(store::Store& store, stack::PostQueue& queue, Journal& journal) noexcept
        : store_{store}, queue_{queue}, journal_{journal} {}

    // Makes one post of the gap (none for 0), closes all parked and rejected posts of the listing as settled
    // by it, and ends `unaligned`. False, and nothing happens, if the book has moved since the read, the listing
    // is not quiet any more, or the Order Manager has to take over what Get QOH found of it.
    [[nodiscard]] bool send(stack::CartState& cart, const Evidence& evidence, Sender sender, Now now);

    // The other way through it: the Order Manager is to take the store's count over. Nothing is posted; posts in
    // doubt and rejected ones are settled, for whatever became of them is in that count. False as above.
    [[nodiscard]] bool hand_out(stack::CartState& cart, const Evidence& evidence, Now now);

private:
    [[nodiscard]] std::optional<store::Listing> open_for(const Evidence& evidence) const;

    store::Store& store_;
    stack::PostQueue& queue_;
    Journal& journal_;
};

}  // namespace stocktray::sync
