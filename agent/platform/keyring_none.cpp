#include "agent/platform/keyring.h"

namespace stocktray::platform {

Result<std::unique_ptr<agent::Secrets>> keyring_secrets() {
    return fail(ErrorCode::unsupported, "This program was built without a keyring.");
}

}  // namespace stocktray::platform
