#include "agent/platform/keyring.h"

namespace stocktray::platform {

Result<void> look_for_keyring() { return fail(ErrorCode::unsupported, "This program was built without a keyring."); }

std::unique_ptr<agent::Keyring> desktop_keyring() { return nullptr; }

}  // namespace stocktray::platform
