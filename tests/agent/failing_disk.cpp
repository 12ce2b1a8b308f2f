// Loaded into an agent before everything else: counts its writes and lets one of them, or all from one on,
// fail. The file named by STOCKTRAY_FAILING_DISK is shared with the test; see failing_disk.h.
#include "tests/agent/failing_disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace {

using stocktray::tests::DiskControl;
using stocktray::tests::DiskFault;

DiskControl* control() {
    static DiskControl* const shared = [] {
        const char* file = std::getenv("STOCKTRAY_FAILING_DISK");
        const int descriptor = file != nullptr ? ::open(file, O_RDWR | O_CLOEXEC) : -1;
        if (descriptor < 0) return static_cast<DiskControl*>(nullptr);
        void* memory =
            ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        return memory == MAP_FAILED ? nullptr : static_cast<DiskControl*>(memory);
    }();
    return shared;
}

// True: this call is to fail, and errno says how.
bool fails(int how) {
    DiskControl* shared = control();
    if (shared == nullptr) return false;
    const auto number = ++shared->calls;
    const auto at = shared->fail_at.load();
    if (at == 0 || number < at) return false;
    switch (shared->fault.load()) {
        case DiskFault::once:
            if (number > at) return false;
            break;
        case DiskFault::from_then_on:
            break;
        case DiskFault::killed:
            ::kill(::getpid(), SIGKILL);
            break;
    }
    errno = how;
    return true;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    if (fails(ENOSPC)) return -1;
    static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return next(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    if (fails(ENOSPC)) return -1;
    static const auto next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    return next(file, bytes, size, at);
}

int fdatasync(int file) {
    if (fails(EIO)) return -1;
    static const auto next = real<int(int)>("fdatasync");
    return next(file);
}

int fsync(int file) {
    if (fails(EIO)) return -1;
    static const auto next = real<int(int)>("fsync");
    return next(file);
}

int ftruncate(int file, off_t size) noexcept {
    if (fails(EIO)) return -1;
    static const auto next = real<int(int, off_t)>("ftruncate");
    return next(file, size);
}

int ftruncate64(int file, off64_t size) noexcept {
    if (fails(EIO)) return -1;
    static const auto next = real<int(int, off64_t)>("ftruncate64");
    return next(file, size);
}

}  // extern "C"
