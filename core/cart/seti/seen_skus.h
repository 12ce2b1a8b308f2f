// Which SKUs a reading of a whole store has met, and with what count: some 15 bytes each, for a store has a
// million of them. A SKU is known by 64 bits of it; two that agree in those would be one named problem.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

class SeenSkus {
public:
    enum class Sight { first, same, other_count };

    [[nodiscard]] Sight add(const ReadCount& item);
    [[nodiscard]] std::int64_t size() const noexcept { return size_; }

private:
    // Many small tables in place of a big one: the old and the new copy of one that grows are small, too.
    struct Table {
        std::vector<std::uint64_t> skus;  // 0: free
        std::vector<std::uint32_t> counts;
        std::size_t used{0};
    };
    static Sight put(Table& table, std::uint64_t sku, std::uint32_t count);
    static void grow(Table& table);

    std::array<Table, 256> tables_;
    std::int64_t size_{0};
};

}  // namespace stocktray::cart::seti
