// Which numbers were met in a shop's list. A shop counts them up, so a bit in a block is enough for each.
#pragma once
#include <bitset>
#include <cstdint>
#include <map>

namespace stocktray::cart::xcart_rest {

class SeenIds {
public:
    // True: it was not met before.
    bool add(std::int64_t id) {
        auto bit = blocks_[id >> block_bits][place_of(id)];
        if (bit) return false;
        bit = true;
        ++size_;
        return true;
    }
    [[nodiscard]] bool has(std::int64_t id) const {
        const auto block = blocks_.find(id >> block_bits);
        return block != blocks_.end() && block->second[place_of(id)];
    }
    [[nodiscard]] std::int64_t size() const noexcept { return size_; }
    // For tests: the blocks that it keeps.
    [[nodiscard]] std::size_t blocks() const noexcept { return blocks_.size(); }

private:
    static constexpr unsigned block_bits = 9;
    static constexpr std::size_t block_size = std::size_t{1} << block_bits;
    static std::size_t place_of(std::int64_t id) noexcept { return static_cast<std::size_t>(id) % block_size; }

    std::map<std::int64_t, std::bitset<block_size>> blocks_;
    std::int64_t size_{0};
};

}  // namespace stocktray::cart::xcart_rest
