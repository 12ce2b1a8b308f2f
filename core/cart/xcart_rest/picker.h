// Lets the whole shop pass and keeps what was asked for.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::xcart_rest {

class Picker final : public CountSink {
public:
    void want(const std::string& sku) { found_.try_emplace(sku, std::nullopt); }
    void take(const std::vector<ReadCount>& page) override {
        for (const ReadCount& item : page)
            if (const auto at = found_.find(item.sku); at != found_.end()) at->second = item;
    }
    [[nodiscard]] bool is_empty() const noexcept { return found_.empty(); }
    [[nodiscard]] std::optional<ReadCount> find(const std::string& sku) const {
        const auto at = found_.find(sku);
        return at == found_.end() ? std::nullopt : at->second;
    }

private:
    std::unordered_map<std::string, std::optional<ReadCount>> found_;
};

}  // namespace stocktray::cart::xcart_rest
