// Answers of counts per SKU: qohquery, and salesquery with what the shop's orders hold of it.
#pragma once
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {

// A count, or a word in its place: NF, NA, AMBIGUOUS.
[[nodiscard]] ReadCount read_count_word(std::string sku, std::string_view value);

// One per SKU asked for, in that order.
[[nodiscard]] tl::expected<std::vector<ReadCount>, Problem> read_qohquery(
    const http::Reply& reply, const std::vector<std::string>& skus);

struct Moves {
    std::vector<SkuMoves> items;
    std::string top_order;
};
[[nodiscard]] tl::expected<Moves, Problem> read_salesquery(const http::Reply& reply,
                                                           const std::vector<std::string>& skus);

}  // namespace stocktray::cart::seti
