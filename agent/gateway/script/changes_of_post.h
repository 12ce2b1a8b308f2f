// What a post of the Order Manager means: the changes that the agent is told. Pure; the rules of who fans out.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/script_options.h"
#include "ipc/messages/qoh.h"

namespace stocktray::gateway {

// Where a post came from and when, beside what is in its key.
struct PostedFrom {
    std::string cart_name;  // for people
    std::int64_t at{0};     // milliseconds since the epoch
};

// The changes of one post, with ids made of the post's: made again, they are the same.
//
// Stocktray fans out: the pieces that an order at another cart has taken there (`claims`) are told as that import, so that they
// do not leave that cart a second time; the rest goes to all carts.
// The Order Manager fans out: the post goes to its own cart only and moves no count of ours. *Because* an import of A's orders
// (posted only to B) and one of B's look like one phone order.
// A repeat changes nothing; it is told as a change of nothing, with a note that people see until the count was compared.
[[nodiscard]] std::vector<ipc::qoh::Change> changes_of(const PostKey& key, const Arrived& arrived, FanOut fan_out,
                                                       const PostedFrom& from);

// The changes of an order that the Order Manager has imported: none where another cart's posts tell them.
[[nodiscard]] std::vector<ipc::qoh::Change> changes_of(std::string_view cart, const ImportedOrder& order, FanOut fan_out,
                                                       bool is_source, std::int64_t at);

}  // namespace stocktray::gateway
