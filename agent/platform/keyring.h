// The desktop's keyring (Secret Service).
#pragma once
#include <memory>

#include "agent/keyring_secrets.h"
#include "core/result.h"

namespace stocktray::platform {

// `unsupported` in a build without one, `busy` where none answers (a server, a user who has not logged in yet).
[[nodiscard]] Result<void> look_for_keyring();

// Also where none answers yet: each call says so.
[[nodiscard]] std::unique_ptr<agent::Keyring> desktop_keyring();

}  // namespace stocktray::platform
