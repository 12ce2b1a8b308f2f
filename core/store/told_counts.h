// Where a store's list of counts waits to be sorted: blocks of what its answers told. Nothing that has to outlive the
// program: after a start the list is read anew.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/cart/sku_told.h"
#include "core/stack/post.h"

namespace stocktray::store {

class Database;

class ToldCounts {
public:
    using Block = std::int64_t;
    // Whose list it is. A cart has at most one of each at a time.
    enum class List { base, job };

    explicit ToldCounts(Database& database) noexcept : database_{database} {}

    [[nodiscard]] Block put(stack::CartKey cart, List list, std::span<const cart::Told> told);
    // Gives a block back, and removes it.
    [[nodiscard]] std::vector<cart::Told> take(Block block);

    // A list that did not come to its end has left blocks. Removes some of those older than `first` (none: all are).
    // True: there are none any more.
    [[nodiscard]] bool forget_older(stack::CartKey cart, List list, std::optional<Block> first);
    // Of whom there are blocks.
    [[nodiscard]] std::vector<std::pair<stack::CartKey, List>> lists() const;
    // For tests and metrics.
    [[nodiscard]] std::int64_t count() const;

private:
    Database& database_;
};

}  // namespace stocktray::store
