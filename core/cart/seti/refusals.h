// The texts by which scripts say that a request was turned down before anything was touched. Only these make
// an error a certain "no": one script prints its errors also after the first half of a change was committed.
#pragma once
#include <optional>
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

// Why a script refused with `text` (without "SETIError:"), if the text is one of the listed.
[[nodiscard]] std::optional<Cause> listed_refusal(std::string_view text) noexcept;

// The same for an XML answer with the root element `SETIError`: all of them are refusals.
[[nodiscard]] Cause xml_refusal(std::string_view text) noexcept;

}  // namespace stocktray::cart::seti
