// The answer to sendversion: a version, and from a connector that knows us a second line about itself.
#pragma once
#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

[[nodiscard]] VersionResult read_version(const http::Reply& reply, const Redactor& redactor);

// `StocktrayExt: 1;store=…;keep=…;seq=…;top=…;engine=…;caps=…`. None: another version than 1, or not usable.
[[nodiscard]] std::optional<Extension> read_extension(std::string_view line);

}  // namespace stocktray::cart::seti
