#include "core/cart/counts_collector.h"

namespace stocktray::cart {

void CountsCollector::take(const std::vector<ReadCount>& page, std::int32_t answer) {
    for (const ReadCount& item : page) {
        if (keep_ == Keep::wanted && !told_.contains(item.sku)) continue;
        auto& told = told_[item.sku];
        if (told.empty()) order_.push_back(item.sku);
        told.push_back({item, answer});
    }
}

std::optional<ReadCount> CountsCollector::find(const std::string& sku, const ListAnswers& answers) const {
    const auto found = told_.find(sku);
    if (found == told_.end() || found->second.empty()) return std::nullopt;
    return settle(found->second, answers);
}

std::vector<ReadCount> CountsCollector::settle_all(const ListAnswers& answers) const {
    std::vector<ReadCount> items;
    items.reserve(order_.size());
    for (const std::string& sku : order_) items.push_back(settle(told_.at(sku), answers));
    return items;
}

}  // namespace stocktray::cart
