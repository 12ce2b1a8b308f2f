#include "core/cart/seti/seen_skus.h"

#include <utility>

namespace stocktray::cart::seti {
namespace {

constexpr unsigned answer_shift = 56;
constexpr std::uint64_t sku_bits = (std::uint64_t{1} << answer_shift) - 1;
constexpr std::uint64_t doubtful = 0;  // in place of an answer's number
constexpr std::uint32_t ambiguous = 0xFFFF'FFFFU;

std::uint64_t mix(std::uint64_t x) noexcept {  // splitmix64's finish
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

std::uint64_t fingerprint(std::string_view text) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) hash = mix(hash ^ static_cast<unsigned char>(c)) + 0x9E3779B97F4A7C15U;
    return (hash & sku_bits) == 0 ? hash | 1 : hash;
}

// The count itself where it fits, as real ones do; every word has a number that no count has.
std::uint32_t in_brief(const ReadCount& item) noexcept {
    constexpr std::int64_t half = std::int64_t{1} << 30U;
    if (item.word != CountWord::count) return 0xFFFF'FF00U + static_cast<std::uint32_t>(item.word);
    if (item.qoh >= -half && item.qoh < half) return static_cast<std::uint32_t>(item.qoh + half);
    return 0x8000'0000U | static_cast<std::uint32_t>(mix(static_cast<std::uint64_t>(item.qoh)) >> 34U);
}

}  // namespace

SeenSkus::Sight SeenSkus::add(const ReadCount& item, std::uint8_t answer, Overlap overlap) {
    const std::uint64_t print = fingerprint(item.sku);
    Table& table = tables_[print >> answer_shift];
    if (table.used * 10 >= table.keys.size() * 9) grow(table);
    const std::uint64_t sku = print & sku_bits;
    const std::size_t at = place_of(table, sku);
    std::uint64_t& key = table.keys[at];
    std::uint32_t& count = table.counts[at];
    const std::uint32_t now = in_brief(item);
    const bool is_first = key == 0;
    const std::uint64_t before = key >> answer_shift;
    if (is_first) {
        ++table.used;
        ++size_;
    }
    key = sku | std::uint64_t{answer} << answer_shift;
    if (is_first) {
        count = now;
        return Sight::first;
    }
    if (count == ambiguous) return Sight::known;
    if (before == doubtful) return std::exchange(count, now) == now ? Sight::known : Sight::changed;
    if (before != answer && overlap == Overlap::possible && count == now) return Sight::known;
    count = ambiguous;
    return Sight::conflict;
}

void SeenSkus::doubt(std::uint8_t answer) noexcept {
    for (Table& table : tables_)
        for (std::uint64_t& key : table.keys)
            if (key >> answer_shift == answer) key &= sku_bits;
}

std::size_t SeenSkus::bytes() const noexcept {
    std::size_t sum = sizeof(*this);
    for (const Table& table : tables_)
        sum +=
            table.keys.capacity() * sizeof(std::uint64_t) + table.counts.capacity() * sizeof(std::uint32_t);
    return sum;
}

// Where `sku` is, or would be put.
std::size_t SeenSkus::place_of(const Table& table, std::uint64_t sku) noexcept {
    for (std::size_t at = sku % table.keys.size();; at = (at + 1) % table.keys.size())
        if (table.keys[at] == 0 || (table.keys[at] & sku_bits) == sku) return at;
}

void SeenSkus::grow(Table& table) {
    const Table old = std::exchange(table, {});
    const std::size_t size = old.keys.size() + old.keys.size() / 4 + 16;
    table.keys.resize(size);
    table.counts.resize(size);
    table.used = old.used;
    for (std::size_t i = 0; i < old.keys.size(); ++i) {
        if (old.keys[i] == 0) continue;
        const std::size_t at = place_of(table, old.keys[i] & sku_bits);
        table.keys[at] = old.keys[i];
        table.counts[at] = old.counts[i];
    }
}

}  // namespace stocktray::cart::seti
