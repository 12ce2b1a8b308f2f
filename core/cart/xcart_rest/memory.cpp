#include "core/cart/xcart_rest/memory.h"

#include <algorithm>
#include <functional>

namespace stocktray::cart::xcart_rest {
namespace {

std::uint64_t fingerprint(std::string_view sku) noexcept {
    return std::hash<std::string_view>{}(sku);
}

}  // namespace

void Directory::add(std::string_view sku, Place place) {
    add(fingerprint(sku), place);
}

void Directory::seal() {
    std::ranges::sort(entries_);
    entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());  // pages may overlap
    entries_.shrink_to_fit();
}

std::vector<Place> Directory::find(std::string_view sku) const {
    const auto wanted = fingerprint(sku);
    std::vector<Place> places;
    for (auto entry = std::ranges::lower_bound(entries_, wanted, {}, &Entry::sku); entry != entries_.end() && entry->sku == wanted; ++entry)
        places.push_back(entry->place());
    return places;
}

}  // namespace stocktray::cart::xcart_rest
