// The content of the form field `update`. Each rule here has a victim among real scripts: one SKU per
// invupdate, nothing behind the last piece, no plus sign, no decimals, no blanks, no XML declaration.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"
#include "core/result.h"

namespace stocktray::cart::seti {

// `sku` in the cart's charset, if it can be written there and in the dialect at all. There is no escaping in
// the text dialect: a SKU with a separator would be read as another SKU, so it is an error with a name.
[[nodiscard]] Result<std::string> writable_sku(std::string_view sku, Dialect dialect, Charset charset);

// `SKU~-2` or `<SETIProducts>…</SETIProducts>`: one difference of one SKU.
[[nodiscard]] Result<std::string> write_difference(const StockUpdate& update, Dialect dialect,
                                                   Charset charset);

// `SKU~-2~NUMBER~POSTID`: a piece of an invbatch, always UTF-8 text. `update.key` is set.
[[nodiscard]] Result<std::string> write_batch_piece(const StockUpdate& update);

// The counts of a qohreplace, each SKU once.
[[nodiscard]] Result<std::string> write_counts(std::span<const CountToSet> counts, Dialect dialect,
                                               Charset charset);

}  // namespace stocktray::cart::seti
