// The desktop's keyring (Secret Service).
#pragma once
#include <memory>

#include "agent/secrets.h"
#include "core/result.h"

namespace stocktray::platform {

// `unsupported` where no keyring answers or it is locked (a server, a build without libsecret).
[[nodiscard]] Result<std::unique_ptr<agent::Secrets>> keyring_secrets();

}  // namespace stocktray::platform
