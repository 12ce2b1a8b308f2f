// Whether a page of a store's list has anything new: by that a list ends whose script knows no end, and one that goes
// round in circles is noticed. A Bloom filter, some 17 bits for a SKU, and the SKUs' hashes as long as they are few; which counts
// belong to which SKU is not its business.
//
// A SKU that was met is always known. One that was not is taken for known once in 30 million times at most while there
// are not more than `sure_up_to`, and later once in 2,500 times: several of them together are not met in practice.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace stocktray::cart::seti {

class MetSkus {
public:
    static constexpr std::int64_t sure_up_to = 62'500;

    // True: it was not met before.
    bool add(std::string_view sku);
    // Those that were new, so at most as many as there are.
    [[nodiscard]] std::int64_t size() const noexcept { return size_; }

private:
    using Words = std::vector<std::uint64_t>;

    std::vector<std::uint64_t> few_;  // hashes in their order: a look at one page needs no half MiB
    std::vector<Words> filters_;      // behind them; the last one is filled
    std::int64_t room_{0};        // in it
    std::int64_t size_{0};
};

}  // namespace stocktray::cart::seti
