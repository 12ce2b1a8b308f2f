// The Order Manager's whole count, in parts: taken over when the last part has come, all or nothing but for
// the items that changed meanwhile.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post_queue.h"
#include "core/store/store.h"

namespace stocktray::sync {

struct SnapshotPart {
    std::string source;
    std::string snapshot;  // its id, chosen by the client
    std::int64_t part{0};  // 0 opens
    bool is_last{false};
    std::vector<store::SnapshotItem> items;
};

struct SnapshotReceipt {
    std::int64_t received{0};
    std::vector<std::string> retake;  // changed while the snapshot was being read: to be sent again
};

class SnapshotIntake {
public:
    SnapshotIntake(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, Journal& journal) noexcept
        : store_{store}, board_{board}, queue_{queue}, journal_{journal} {}

    // Posts nothing. A part sent again is taken once.
    [[nodiscard]] Result<SnapshotReceipt> receive(const SnapshotPart& part, Now now);

private:
    [[nodiscard]] SnapshotReceipt take_over(const store::OpenSnapshot& open, Now now);

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    Journal& journal_;
};

}  // namespace stocktray::sync
