// The answer to qohreplace, which sets counts. It only hints at what was done: one script says "Update Error"
// where it did set the count. The counts are read back before anything is called done.
#pragma once
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

// `skus`: what was sent, in that order; each gets an item.
[[nodiscard]] ReplaceResult read_qohreplace(const http::Reply& reply, const std::vector<std::string>& skus,
                                            const Redactor& redactor);

}  // namespace stocktray::cart::seti
