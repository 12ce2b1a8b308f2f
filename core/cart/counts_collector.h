// Lets a store's whole list pass and keeps what was asked for.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/cart/sku_told.h"

namespace stocktray::cart {

class CountsCollector final : public CountSink {
public:
    // Keeps everything, or only what is wanted.
    enum class Keep { all, wanted };
    explicit CountsCollector(Keep keep) noexcept : keep_{keep} {}
    void want(const std::string& sku) { told_.try_emplace(sku); }
    [[nodiscard]] bool is_empty() const noexcept { return told_.empty(); }

    void take(const std::vector<ReadCount>& page, std::int32_t answer) override;

    // What the list said of a SKU; none: nothing.
    [[nodiscard]] std::optional<ReadCount> find(const std::string& sku, const ListAnswers& answers) const;
    // Of all that was kept, in the order in which the SKUs first came.
    [[nodiscard]] std::vector<ReadCount> settle_all(const ListAnswers& answers) const;

private:
    Keep keep_;
    std::unordered_map<std::string, std::vector<Told>> told_;
    std::vector<std::string> order_;
};

}  // namespace stocktray::cart
