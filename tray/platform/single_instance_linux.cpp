#include <fcntl.h>
#include <glib-unix.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "ipc/endpoint.h"
#include "ipc/private_file.h"
#include "tray/model/words.h"
#include "tray/platform/single_instance.h"

namespace stocktray::tray {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest = 64;  // a window's name

std::filesystem::path folder() {
    const auto home = ipc::Surroundings::of_this_process();
    return home.runtime_dir.empty() ? std::filesystem::path{home.home} / ".stocktray/run"
                                    : std::filesystem::path{home.runtime_dir} / "stocktray";
}

bool fill(sockaddr_un& address, const std::filesystem::path& path) {
    address = {};
    address.sun_family = AF_UNIX;
    const std::string name = path.string();
    if (name.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    return true;
}

const sockaddr* generic(const sockaddr_un& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

// True when the first one has taken it.
bool hand_over(const std::filesystem::path& socket, const std::string& window) {
    sockaddr_un address{};
    const int peer = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    timeval patience{2, 0};
    ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char answer = 0;
    const bool is_done = fill(address, socket) && ::connect(peer, generic(address), sizeof address) == 0 &&
                         ::send(peer, window.data(), window.size(), MSG_NOSIGNAL) >= 0 &&
                         ::recv(peer, &answer, 1, 0) == 1;
    ::close(peer);
    return is_done;
}

}  // namespace

struct SingleInstance::State {
    std::filesystem::path socket_path;
    int lock{-1};
    int listener{-1};
    guint watch{0};
    std::function<void(const std::string&)> heard;

    ~State() {
        if (watch != 0) g_source_remove(watch);
        if (listener >= 0) {
            ::close(listener);
            ::unlink(socket_path.c_str());
        }
        if (lock >= 0) ::close(lock);
    }

    static gboolean accept(gint listener, GIOCondition, gpointer self) {
        const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) return G_SOURCE_CONTINUE;
        timeval patience{0, 200'000};
        ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        std::array<char, longest> text{};
        const auto size = ::recv(peer, text.data(), text.size(), 0);
        [[maybe_unused]] const auto sent = ::send(peer, "+", 1, MSG_NOSIGNAL);
        ::close(peer);
        if (size >= 0) static_cast<State*>(self)->heard({text.data(), static_cast<std::size_t>(size)});
        return G_SOURCE_CONTINUE;
    }
};

SingleInstance::SingleInstance(std::unique_ptr<State> state) : state_{std::move(state)} {}
SingleInstance::SingleInstance(SingleInstance&&) noexcept = default;
SingleInstance& SingleInstance::operator=(SingleInstance&&) noexcept = default;
SingleInstance::~SingleInstance() = default;

std::optional<SingleInstance> SingleInstance::claim(const std::string& window, std::string& why_not) {
    auto state = std::make_unique<State>();
    std::error_code error;
    ipc::make_private_folder(folder());
    std::filesystem::permissions(folder(), std::filesystem::perms::owner_all, error);
    state->socket_path = folder() / "tray.sock";
    state->lock = ::open((folder() / "tray.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (state->lock < 0) return SingleInstance{std::move(state)};  // nothing to find the other one by
    if (::flock(state->lock, LOCK_EX | LOCK_NB) != 0) {
        // The first one may not listen yet.
        for (int i = 0; i < 40; ++i) {
            if (hand_over(state->socket_path, window)) return std::nullopt;
            std::this_thread::sleep_for(50ms);
        }
        why_not = tr("Stocktray runs already, but does not answer.");
        return std::nullopt;
    }
    ::unlink(state->socket_path.c_str());
    sockaddr_un address{};
    state->listener = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!fill(address, state->socket_path) ||
        ::bind(state->listener, generic(address), sizeof address) != 0 || ::listen(state->listener, 8) != 0) {
        ::close(state->listener);
        state->listener = -1;
    }
    return SingleInstance{std::move(state)};
}

void SingleInstance::on_second_start(std::function<void(const std::string&)> heard) {
    state_->heard = std::move(heard);
    if (state_->listener >= 0)
        state_->watch = g_unix_fd_add(state_->listener, G_IO_IN, &State::accept, state_.get());
}

}  // namespace stocktray::tray
