// Windows waits for sockets only: a datagram socket that talks to itself.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <array>
#include <system_error>

#include "ipc/wake_signal.h"

namespace stocktray::ipc {

WakeSignal::WakeSignal() {
    WSADATA about{};
    if (::WSAStartup(MAKEWORD(2, 2), &about) != 0) throw std::system_error{WSAGetLastError(), std::system_category(), "winsock"};
    const SOCKET made = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = static_cast<sockaddr*>(static_cast<void*>(&place));
    int size = sizeof place;
    u_long never_waits = 1;
    // Connected, so that nobody else's datagram is taken for ours.
    if (made == INVALID_SOCKET || ::bind(made, address, size) != 0 || ::getsockname(made, address, &size) != 0 ||
        ::connect(made, address, size) != 0 || ::ioctlsocket(made, static_cast<long>(FIONBIO), &never_waits) != 0) {
        const int why = ::WSAGetLastError();
        if (made != INVALID_SOCKET) ::closesocket(made);
        ::WSACleanup();
        throw std::system_error{why, std::system_category(), "loopback socket"};
    }
    ear_ = mouth_ = made;
}

WakeSignal::~WakeSignal() {
    ::closesocket(ear_);
    ::WSACleanup();
}

void WakeSignal::set() noexcept { ::send(mouth_, "!", 1, 0); }

bool WakeSignal::clear() noexcept {
    std::array<char, 8> heard{};
    bool was_set = false;
    while (::recv(ear_, heard.data(), static_cast<int>(heard.size()), 0) > 0) was_set = true;
    return was_set;
}

}  // namespace stocktray::ipc
