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
    const auto repeated = std::ranges::unique(entries_);  // pages may overlap
    entries_.erase(repeated.begin(), repeated.end());
    entries_.shrink_to_fit();
}

std::vector<Place> Directory::find(std::string_view sku) const {
    std::vector<Place> places;
    for (const Entry& entry : std::ranges::equal_range(entries_, fingerprint(sku), {}, &Entry::sku))
        places.push_back(entry.place());
    return places;
}

}  // namespace stocktray::cart::xcart_rest
