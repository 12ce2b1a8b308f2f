#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "agent/gateway/folder/folder_watch.h"

namespace stocktray::gateway {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_{number} {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

// inotify tells what this computer does; a file that another one writes to a share is not told.
bool is_on_network(const std::filesystem::path& folder) noexcept {
    constexpr std::array<std::uint32_t, 8> shares{NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
                                                  AFS_SUPER_MAGIC, V9FS_MAGIC,      CODA_SUPER_MAGIC, FUSE_SUPER_MAGIC};
    struct statfs about {};
    if (::statfs(folder.c_str(), &about) != 0) return true;
    return std::ranges::find(shares, static_cast<std::uint32_t>(about.f_type)) != shares.end();
}

class Inotify : public FolderWatch {
public:
    explicit Inotify(const std::filesystem::path& folder)
        : events_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)}, woken_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
        is_good_ = events_.get() >= 0 && woken_.get() >= 0 &&
                   ::inotify_add_watch(events_.get(), folder.c_str(),
                                       IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY | IN_ONLYDIR) >= 0;
    }
    [[nodiscard]] bool is_good() const noexcept { return is_good_; }

    void wait(std::chrono::milliseconds at_most, std::stop_token stop) override {
        const std::stop_callback wake{stop, [this] {
                                          const std::uint64_t one = 1;
                                          (void)!::write(woken_.get(), &one, sizeof one);
                                      }};
        std::array<pollfd, 2> watched{{{events_.get(), POLLIN, 0}, {woken_.get(), POLLIN, 0}}};
        const auto ms = std::min<std::int64_t>(at_most.count(), std::int64_t{24} * 3'600'000);
        if (::poll(watched.data(), watched.size(), static_cast<int>(ms)) <= 0) return;
        // What happened is seen by looking; here the queue is only emptied.
        alignas(inotify_event) std::array<char, 4'096> events;
        while (::read(events_.get(), events.data(), events.size()) > 0) {
        }
    }
    [[nodiscard]] bool is_told() const noexcept override { return true; }

private:
    Descriptor events_;
    Descriptor woken_;
    bool is_good_{false};
};

}  // namespace

std::unique_ptr<FolderWatch> watch_folder(const std::filesystem::path& folder) {
    if (is_on_network(folder)) return nullptr;
    auto watch = std::make_unique<Inotify>(folder);
    if (!watch->is_good()) return nullptr;
    return watch;
}

// The kernel gives a lease for reading only while nobody has the file open for writing.
bool is_open_for_writing(const std::filesystem::path& file) noexcept {
    const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (opened.get() < 0) return false;
    // Whoever opens it in this moment makes the kernel send a signal; this one is ignored unless somebody asks for it.
    (void)::fcntl(opened.get(), F_SETSIG, SIGURG);
    if (::fcntl(opened.get(), F_SETLEASE, F_RDLCK) == 0) {
        (void)::fcntl(opened.get(), F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN;
}

}  // namespace stocktray::gateway
