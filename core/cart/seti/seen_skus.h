// Which SKUs a reading of a whole store has met, with what count and in which answer: 12 bytes each in tables
// that are 72 to 90 % full. Measured with a million SKUs: 15.3 bytes per SKU.
//
// A SKU is known by 64 bits of it. In one reading of a million SKUs in 40 million two of them agree in those:
// the second is then taken for the first seen again, so it is called ambiguous if its count differs or both
// stand in one answer, and else is left out.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

class SeenSkus {
public:
    enum class Sight {
        first,
        known,     // nothing new: met before with this count, or known to be ambiguous
        changed,   // met before, in an answer that broke: this count holds
        conflict,  // belongs to two products; told once
    };
    // May a SKU stand in two answers although it is one product? In one answer it may not.
    enum class Overlap { possible, impossible };
    // Numbers of answers go round from 1 to this; two that bear one number are far enough apart.
    static constexpr std::uint8_t last_answer = 255;

    [[nodiscard]] Sight add(const ReadCount& item, std::uint8_t answer, Overlap overlap);
    // That answer broke: what stood in it will be read again.
    void doubt(std::uint8_t answer) noexcept;

    [[nodiscard]] std::int64_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    // Many small tables in place of a big one: the old and the new copy of one that grows are small, too.
    // The table's number is the first 8 bits of a SKU, so their place holds the number of an answer.
    struct Table {
        std::vector<std::uint64_t> keys;  // 0: free
        std::vector<std::uint32_t> counts;
        std::size_t used{0};
    };
    static std::size_t place_of(const Table& table, std::uint64_t sku) noexcept;
    static void grow(Table& table);

    std::array<Table, 256> tables_;
    std::int64_t size_{0};
};

}  // namespace stocktray::cart::seti
