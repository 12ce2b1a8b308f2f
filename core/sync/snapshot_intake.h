// The Order Manager's whole count, in parts: taken over when the last part has come, all or nothing but for
// the items that changed meanwhile. Many items are taken over slice by slice, so that nobody's change waits for them.
#pragma once
#include <cstdint>
#include <optional>
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
    bool is_under_way{false};         // the last part has come, and it is being taken over: `receipt` tells the end
};

class SnapshotIntake {
public:
    SnapshotIntake(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, Journal& journal) noexcept
        : store_{store}, board_{board}, queue_{queue}, journal_{journal} {}

    // Posts nothing. A part sent again is taken once. What the last part completes is taken over at once if one slice
    // is enough.
    [[nodiscard]] Result<SnapshotReceipt> receive(const SnapshotPart& part, Now now);

    // Is one being taken over?
    [[nodiscard]] bool has_more() const { return store_.snapshots.whole().has_value(); }
    // One slice of it; false: there is nothing left to be taken over. A change of a SKU that is not taken over yet counts as one
    // made while the snapshot was read.
    bool go_on(Now now);
    // Of a snapshot that has been taken over.
    [[nodiscard]] std::optional<SnapshotReceipt> receipt(const std::string& source, const std::string& snapshot) const;

private:
    [[nodiscard]] std::optional<inventory::Quantity> at_stores(const store::Item& item) const;
    void take_over(store::OpenSnapshot& open, const store::SnapshotItem& counted);
    [[nodiscard]] SnapshotReceipt finish(const store::OpenSnapshot& open, Now now);

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    Journal& journal_;
};

}  // namespace stocktray::sync
