// The answers of an import script, as Order Managers expect them. UTF-8; whoever sends them writes them in the cart's charset.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway/script/posted_pieces.h"

namespace stocktray::gateway {

// `SETIResponse=OK;SKU=A;QOH=48;NOTE=`: a change was taken. Without a count that is known the field is left out.
[[nodiscard]] std::string taken_answer(std::string_view sku, std::optional<std::int64_t> qoh, std::string_view note = {});
// The same word for every SKU of a qohreplace.
[[nodiscard]] std::string replaced_answer(std::span<const PostedPiece> pieces, std::string_view word);
// `SETIResponse: itemcount=250`
[[nodiscard]] std::string value_answer(std::string_view name, std::string_view value);
// `SETIError: …`: nothing was done.
[[nodiscard]] std::string error_answer(std::string_view sentence);

struct CountedProduct {
    std::string sku;
    std::optional<std::int64_t> qoh;  // none: not tracked
};
// A page of downloadqoh; no products: there is nothing (more).
[[nodiscard]] std::string counts_answer(std::span<const CountedProduct> products);

}  // namespace stocktray::gateway
