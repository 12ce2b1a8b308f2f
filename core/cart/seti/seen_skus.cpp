#include "core/cart/seti/seen_skus.h"

#include <utility>

namespace stocktray::cart::seti {
namespace {

std::uint64_t mix(std::uint64_t x) noexcept {  // splitmix64's finish
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

std::uint64_t fingerprint(std::string_view text) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) hash = mix(hash ^ static_cast<unsigned char>(c)) + 0x9E3779B97F4A7C15U;
    return hash == 0 ? 1 : hash;
}

}  // namespace

SeenSkus::Sight SeenSkus::add(const ReadCount& item) {
    const std::uint64_t sku = fingerprint(item.sku);
    const auto word = static_cast<std::uint64_t>(item.word);
    const auto count = static_cast<std::uint32_t>(mix(static_cast<std::uint64_t>(item.qoh) * 8 + word));
    const Sight sight = put(tables_[sku >> 56U], sku, count);
    if (sight == Sight::first) ++size_;
    return sight;
}

SeenSkus::Sight SeenSkus::put(Table& table, std::uint64_t sku, std::uint32_t count) {
    if (table.used * 10 >= table.skus.size() * 9) grow(table);
    for (std::size_t at = sku % table.skus.size();; at = (at + 1) % table.skus.size()) {
        if (table.skus[at] == sku) return table.counts[at] == count ? Sight::same : Sight::other_count;
        if (table.skus[at] != 0) continue;
        table.skus[at] = sku;
        table.counts[at] = count;
        ++table.used;
        return Sight::first;
    }
}

void SeenSkus::grow(Table& table) {
    const Table old = std::exchange(table, {});
    const std::size_t size = old.skus.size() + old.skus.size() / 4 + 16;
    table.skus.resize(size);
    table.counts.resize(size);
    for (std::size_t i = 0; i < old.skus.size(); ++i)
        if (old.skus[i] != 0) static_cast<void>(put(table, old.skus[i], old.counts[i]));
}

}  // namespace stocktray::cart::seti
