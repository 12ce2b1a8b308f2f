#include "tests/support/small_disk.h"

#include <sys/mount.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace stocktray::tests {
namespace {

// Appended in small pieces, so that not even one is left over.
void append(const std::filesystem::path& file, std::size_t most) {
    std::ofstream out{file, std::ios::binary | std::ios::app};
    const std::string block(512, 'x');
    for (std::size_t size = 0; size < most; size += block.size())
        if (!out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) return;
}

}  // namespace

SmallDisk::SmallDisk(std::string size) : size_{"size=" + std::move(size) + ",mode=0700"} {
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, size_.c_str()) != 0)
        missing_ = "nothing can be mounted here: " + std::generic_category().message(errno);
}

SmallDisk::~SmallDisk() {
    if (missing_.empty()) ::umount2(path().c_str(), MNT_DETACH);
}

void SmallDisk::fill() const { append(path() / "filler", SIZE_MAX); }
void SmallDisk::fill_some() const { append(path() / "filler", 64 * 1'024); }
void SmallDisk::make_room() const { std::filesystem::remove(path() / "filler"); }
bool SmallDisk::mount_again(unsigned long flags) const {
    return ::mount(nullptr, path().c_str(), nullptr, MS_REMOUNT | flags, size_.c_str()) == 0;
}
bool SmallDisk::make_read_only() const { return mount_again(MS_RDONLY); }
bool SmallDisk::make_writable() const { return mount_again(0); }

}  // namespace stocktray::tests
