#include "core/cart/sku_map.h"

namespace stocktray::cart {

void SkuMap::set(const std::string& om_sku, Listings listings) {
    if (const auto before = by_om_sku_.find(om_sku); before != by_om_sku_.end())
        for (const auto& store_sku : before->second) {
            const auto owners = owners_.find(store_sku);
            owners->second.erase(owners->second.find(om_sku));
            if (owners->second.empty()) owners_.erase(owners);
        }
    for (const auto& store_sku : listings) owners_[store_sku].insert(om_sku);
    by_om_sku_[om_sku] = std::move(listings);
}

void SkuMap::add(const std::string& om_sku, const std::string& store_sku) {
    owners_[store_sku].insert(om_sku);
    by_om_sku_[om_sku].push_back(store_sku);
}

void SkuMap::clear() noexcept {
    by_om_sku_.clear();
    owners_.clear();
}

const SkuMap::Listings* SkuMap::listings_of(std::string_view om_sku) const {
    const auto at = by_om_sku_.find(om_sku);
    return at == by_om_sku_.end() ? nullptr : &at->second;
}

const std::string* SkuMap::owner_of(std::string_view store_sku) const {
    const auto at = owners_.find(store_sku);
    return at == owners_.end() ? nullptr : &*at->second.begin();
}

}  // namespace stocktray::cart
