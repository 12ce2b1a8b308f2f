// Answers of one number: `SETIResponse: itemcount=250`, `SETIResponse: ordercount=12`.
#pragma once
#include <cstdint>

#include "core/cart/cart_client.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {

// The value after `SETIResponse: <name>=`, on the first line; none if the line is not of that form.
[[nodiscard]] std::optional<std::string_view> response_value(std::string_view text, std::string_view name);

// The number called `name`; it is never negative.
[[nodiscard]] tl::expected<std::int64_t, Problem> read_number(const http::Reply& reply,
                                                              std::string_view name);

}  // namespace stocktray::cart::seti
