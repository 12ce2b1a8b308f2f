// The answer to invupdate and invrepeat: `SETIResponse=OK;SKU=ABC-1;QOH=48;NOTE=`, in all its varieties.
// What is not surely a "yes" or a "no" is unclear.
#pragma once
#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

// `asked` is what the request said. `Outcome::refused` by a status of the way (401, 404, …) is not decided
// here: such a reply is `unclear` with the status's cause.
[[nodiscard]] UpdateResult read_invupdate(const http::Reply& reply, const StockUpdate& asked,
                                          const Learned& learned, const Redactor& redactor);

}  // namespace stocktray::cart::seti
