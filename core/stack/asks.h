// What the stack controller wants asked of a cart. The agent turns each into a dialogue and brings back what
// came of it; the simulation answers by itself.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/stack/post.h"

namespace stocktray::stack {

using ExchangeId = std::int64_t;

struct AskUpdate {
    cart::StockUpdate update;
    cart::Sending sending{cart::Sending::first};
};
struct AskBatch {
    std::vector<cart::StockUpdate> updates;
    cart::Sending sending{cart::Sending::first};
};
struct AskVersion {};           // who are you; harmless, so also the question of an open circuit
struct AskTakeOver {            // the same, and the owner confirms that it is ours from now on
    std::string from;           // the agent that it belongs to
};
struct AskProbe {};             // what can you do
struct AskAllCounts {};         // the whole store, told page by page
struct AskCounts {
    std::vector<std::string> skus;
};
struct AskMoves {
    std::vector<std::string> skus;
    std::string last_order;
    std::vector<std::string> also;
};
struct AskOrderCount {
    std::string last_order;
};
struct AskReplace {             // counts in place of what is there; only where no difference can be sent
    std::vector<cart::CountToSet> counts;
};
using What = std::variant<AskUpdate, AskBatch, AskVersion, AskTakeOver, AskProbe, AskAllCounts, AskCounts, AskMoves,
                          AskOrderCount, AskReplace>;

struct Ask {
    ExchangeId exchange{0};
    CartKey cart{0};
    What what;
};

}  // namespace stocktray::stack
