// What the Order Manager tells of a cart's web orders: which it has imported, and whether its changes for them
// have all arrived. Only a complete import lets doubts end by themselves.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/store/store.h"

namespace stocktray::sync {

struct ImportedOrder {
    std::string order;
    std::vector<store::OrderLine> lines;
};
struct Import {
    std::string cart;
    WallTime at{};
    std::string last_order;
    std::optional<std::vector<ImportedOrder>> orders;  // none: their lines are not told
};
struct ImportReceipt {
    bool is_complete{false};
    std::vector<store::IncompleteLine> missing;
};

class Imports {
public:
    // Does an import tell something that was not known before? An Order Manager may import every few seconds, and
    // most of these find nothing.
    enum class News { no, yes };
    // `completed`: what is to happen when an import of a cart is complete.
    using Completed = std::function<void(stack::CartState& cart, News news, Now now)>;
    Imports(store::Store& store, stack::CartBoard& board, Journal& journal, Completed completed) noexcept
        : store_{store}, board_{board}, journal_{journal}, completed_{std::move(completed)} {}

    [[nodiscard]] Result<ImportReceipt> imported(const Import& import, Now now);
    // Changes were accepted: an import that waited for them may be complete now (a report can overtake its
    // own changes).
    void look_again(Now now);

private:
    static void raise_floor(store::Cart& cart, Now now);
    void judge(stack::CartState& cart, bool has_lines, News news, std::vector<store::IncompleteLine>& missing, Now now);

    store::Store& store_;
    stack::CartBoard& board_;
    Journal& journal_;
    Completed completed_;
};

}  // namespace stocktray::sync
