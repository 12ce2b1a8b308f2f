// The desktop's keyring (Secret Service), where there is one.
#pragma once
#include <string>
#include <tl/expected.hpp>

#include "ipc/secret.h"

namespace stocktray::ctl {

// The password of the item with the attributes service=stocktray and cart=<cart>, as
// `secret-tool store --label='…' service stocktray cart <cart>` puts it there. The error is a sentence.
[[nodiscard]] tl::expected<ipc::Secret, std::string> password_in_keyring(const std::string& cart);

}  // namespace stocktray::ctl
