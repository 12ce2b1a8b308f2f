// Which of a cart's listings stand for which of the Order Manager's SKUs, where it is not the one of the same name. Asked
// both ways for every change of every SKU, so that neither way may be a search.
#pragma once
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stocktray::cart {

class SkuMap {
public:
    using Listings = std::vector<std::string>;
    using ByOmSku = std::map<std::string, Listings, std::less<>>;

    SkuMap() = default;
    SkuMap(std::initializer_list<std::pair<std::string, Listings>> entries) {
        for (const auto& [om_sku, listings] : entries) set(om_sku, listings);
    }

    // In the place of what it had.
    void set(const std::string& om_sku, Listings listings);
    void add(const std::string& om_sku, const std::string& store_sku);
    void clear() noexcept;

    // Its listings; none: it is not mapped.
    [[nodiscard]] const Listings* listings_of(std::string_view om_sku) const;
    // Whose listing it is: of several, which a cart's definition must not have, the first. None: it is nobody's.
    [[nodiscard]] const std::string* owner_of(std::string_view store_sku) const;

    // By the Order Manager's SKUs.
    [[nodiscard]] auto begin() const noexcept { return by_om_sku_.begin(); }
    [[nodiscard]] auto end() const noexcept { return by_om_sku_.end(); }

    bool operator==(const SkuMap& other) const { return by_om_sku_ == other.by_om_sku_; }

private:
    ByOmSku by_om_sku_;
    std::map<std::string, std::multiset<std::string>, std::less<>> owners_;  // per store SKU
};

}  // namespace stocktray::cart
