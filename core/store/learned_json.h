// What was found out about a script, as it stands in the database.
#pragma once
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::store {

[[nodiscard]] std::string to_json(const cart::Learned& learned);
// What cannot be read is as if it had not been found out.
[[nodiscard]] cart::Learned learned_from_json(std::string_view text);

}  // namespace stocktray::store
