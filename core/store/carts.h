// The carts: how they were defined, and what the agent has learned of them and must not forget.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_config.h"
#include "core/stack/post.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

// While a changed buffer goes to the listings, SKU by SKU in their order.
struct BufferChange {
    std::int64_t before{0};
    std::string done_to;  // SKUs behind this one still have the one before
};

struct Cart {
    stack::CartKey key{0};
    cart::CartConfig config;
    bool is_paused{false};
    std::optional<WallTime> paused_until;
    cart::Stop stop{cart::Stop::none};
    std::string stop_detail;
    cart::Learned learned;
    bool has_base{false};         // its counts were read since synchronization was turned on
    bool adds{false};             // differences are proven to be differences
    std::string store_id;         // of the connector that our keys went to; empty: none yet
    std::int64_t store_seq{0};    // its highest SEQ that we saw
    std::optional<WallTime> last_confirmed_at;
    std::string last_order;       // of the last import that the Order Manager told of
    std::int64_t imports{0};      // how many it told of
    std::int64_t import_news{0};  // how many of them told something new: a read rests on the last of these
    std::optional<bool> import_complete;
    std::optional<WallTime> imported_at;
    // Orders up to here are imported and old enough that none below is still being placed; empty: none yet.
    std::string order_floor;
    std::string next_floor;       // becomes the floor two days after `next_floor_since`
    std::optional<AgentTime> next_floor_since;
    AgentTime synchronized{};     // since when; in its first weeks it is compared more often
    AgentTime audited{};          // when an audit of it last began
    std::int64_t listed{0};       // SKUs in its last complete list of counts
    std::optional<BufferChange> buffer_change;
    std::optional<stack::PostId> fold_to;  // it was turned off: queued posts up to this one are not sent any more
    // All its counts were compared (Get, Send, audit) and nothing has made all of them doubtful since.
    bool is_aligned{false};
    AgentTime aligned_since{};    // since when it is so, or is not so any more
};

// Another store, or another state of it: what its web orders said before is of no use.
void forget_imports(Cart& cart);

class Carts {
public:
    explicit Carts(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::vector<Cart> all() const;  // by id
    // Writes the cart, new (key 0) or known, with its excludes and its SKU map.
    void save(Cart& cart);
    // Writes what the agent learns while it works, not the definition.
    void save_state(const Cart& cart);
    // Of that only what a confirmed post tells.
    void save_confirmed(const Cart& cart);
    // Its posts and its history stay; its id is free again.
    void remove(stack::CartKey cart, WallTime at);

private:
    Database& database_;
};

}  // namespace stocktray::store
