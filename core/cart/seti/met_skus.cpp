#include "core/cart/seti/met_skus.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t first_words = std::size_t{1} << 16U;  // 512 KiB, 67 bits for a SKU: most stores need no more
constexpr std::size_t more_words = std::size_t{1} << 17U;   // 1 MiB
constexpr std::size_t bits_per_sku = 17;                    // of those
constexpr unsigned probes = 8;
constexpr std::size_t most_few = 250;

std::uint64_t mix(std::uint64_t x) noexcept {  // splitmix64's finish
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

// Calls `each` with the word and the bit of every probe; their number is a power of two.
template <class Each>
void probe(std::uint64_t hash, std::size_t words, Each each) {
    const std::uint64_t step = mix(hash) | 1U;
    for (unsigned i = 0; i < probes; ++i, hash += step) {
        const std::uint64_t bit = hash & (words * 64 - 1);
        each(bit / 64, std::uint64_t{1} << (bit % 64));
    }
}

}  // namespace

bool MetSkus::add(std::string_view sku) {
    const std::uint64_t hash = mix(std::hash<std::string_view>{}(sku));
    const auto few = std::ranges::lower_bound(few_, hash);
    if (few != few_.end() && *few == hash) return false;
    if (few_.size() < most_few) {
        few_.insert(few, hash);
        ++size_;
        return true;
    }
    const bool is_known = std::ranges::any_of(filters_, [&](const Words& filter) {
        bool has_all = true;
        probe(hash, filter.size(), [&](std::size_t word, std::uint64_t bit) { has_all = has_all && (filter[word] & bit) != 0; });
        return has_all;
    });
    if (is_known) return false;
    if (room_ == 0) {
        room_ = filters_.empty() ? sure_up_to : static_cast<std::int64_t>(more_words * 64 / bits_per_sku);
        filters_.emplace_back(filters_.empty() ? first_words : more_words);
    }
    Words& last = filters_.back();
    probe(hash, last.size(), [&](std::size_t word, std::uint64_t bit) { last[word] |= bit; });
    --room_;
    ++size_;
    return true;
}

}  // namespace stocktray::cart::seti
