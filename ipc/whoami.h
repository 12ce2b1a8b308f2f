// Who runs this process, and on which computer: for people, never a proof.
#pragma once
#include <string>

namespace stocktray::ipc {

[[nodiscard]] std::string login_name();  // empty: the system does not know it
[[nodiscard]] std::string host_name();   // as the computer calls itself

}  // namespace stocktray::ipc
