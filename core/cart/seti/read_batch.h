// The answer to invbatch: a line per piece, each judged alone.
#pragma once
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

// One result per piece sent, in that order; each piece has a key. An answer to the whole request (a refusal,
// a connection that broke) is the result of every piece.
[[nodiscard]] std::vector<UpdateResult> read_batch(const http::Reply& reply,
                                                   const std::vector<StockUpdate>& sent,
                                                   const Redactor& redactor);

}  // namespace stocktray::cart::seti
