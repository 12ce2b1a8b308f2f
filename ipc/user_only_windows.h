// Rights on a file or folder for this user and the system alone, whatever the folder above would hand down.
#pragma once
#include <windows.h>

namespace stocktray::ipc {

class UserOnly {
public:
    UserOnly();
    ~UserOnly();
    UserOnly(const UserOnly&) = delete;
    UserOnly& operator=(const UserOnly&) = delete;

    // For CreateFile and CreateDirectory. Null where the system could not say who this is: nothing may be made then.
    [[nodiscard]] SECURITY_ATTRIBUTES* attributes() noexcept { return attributes_.lpSecurityDescriptor ? &attributes_ : nullptr; }

private:
    SECURITY_ATTRIBUTES attributes_{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

}  // namespace stocktray::ipc
