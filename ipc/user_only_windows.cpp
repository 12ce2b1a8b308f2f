#include "ipc/user_only_windows.h"

#include <sddl.h>

#include <string>
#include <vector>

namespace stocktray::ipc {
namespace {

// This user as the system writes it ("S-1-5-21-…"); empty: it does not say.
std::wstring user_id() {
    HANDLE token = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token)) return {};
    DWORD size = 0;
    (void)::GetTokenInformation(token, TokenUser, nullptr, 0, &size);
    std::vector<std::max_align_t> room(size / sizeof(std::max_align_t) + 1);
    std::wstring id;
    wchar_t* text = nullptr;
    if (::GetTokenInformation(token, TokenUser, room.data(), size, &size) &&
        ::ConvertSidToStringSidW(static_cast<TOKEN_USER*>(static_cast<void*>(room.data()))->User.Sid, &text)) {
        id = text;
        ::LocalFree(text);
    }
    ::CloseHandle(token);
    return id;
}

}  // namespace

UserOnly::UserOnly() {
    const auto user = user_id();
    if (user.empty()) return;
    // Protected from what is inherited; everything for this user and the system, and for what is made within.
    const auto rights = L"D:P(A;OICI;FA;;;" + user + L")(A;OICI;FA;;;SY)";
    (void)::ConvertStringSecurityDescriptorToSecurityDescriptorW(rights.c_str(), SDDL_REVISION_1,
                                                                 &attributes_.lpSecurityDescriptor, nullptr);
}

UserOnly::~UserOnly() { ::LocalFree(attributes_.lpSecurityDescriptor); }

}  // namespace stocktray::ipc
