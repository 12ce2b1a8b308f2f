// Loaded into the program under test before everything else. Counts its calls to the disk below one folder
// (STOCKTRAY_DISK_FOLDER), and lets one of them, or all from one on, fail or be the program's last; the file
// named by STOCKTRAY_DISK_CONTROL is shared with the test (disk_control.h). What was written and synced is
// noted in the file named by STOCKTRAY_DISK_LOG, if there is one (disk_log.h).
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "tests/faults/disk/disk_control.h"
#include "tests/faults/disk/disk_record.h"

namespace {

using namespace stocktray::tests;

// Every function here is called from within others' calls: it allocates nothing and leaves errno as it was.

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int really_open(const char* file, int how) {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file, how | O_CLOEXEC, 0600));
}

DiskControl* control() {
    static DiskControl* const shared = [] {
        const char* file = std::getenv("STOCKTRAY_DISK_CONTROL");
        const int descriptor = file != nullptr ? really_open(file, O_RDWR) : -1;
        if (descriptor < 0) return static_cast<DiskControl*>(nullptr);
        void* memory = ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        return memory == MAP_FAILED ? nullptr : static_cast<DiskControl*>(memory);
    }();
    return shared;
}

std::string_view folder() {
    static const char* const named = std::getenv("STOCKTRAY_DISK_FOLDER");
    return named != nullptr ? named : "";
}

bool is_ours(const char* path) { return !folder().empty() && std::string_view{path}.starts_with(folder()); }

// Where a descriptor leads; empty if it cannot be told.
struct Path {
    std::array<char, PATH_MAX> text{};
    explicit Path(int file) {
        std::array<char, 40> link{};
        std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
        if (::readlink(link.data(), text.data(), text.size() - 1) < 0) text[0] = '\0';
    }
};

bool is_ours(int file) {
    const int before = errno;
    const bool ours = !folder().empty() && is_ours(Path{file}.text.data());
    errno = before;
    return ours;
}

// True: this call is to fail, and errno says how.
bool fails(DiskCall call) {
    DiskControl* shared = control();
    if (shared == nullptr) return false;
    ++shared->by_kind[static_cast<std::size_t>(call)];
    if ((shared->kinds.load() & bit_of(call)) == 0) return false;
    const auto number = ++shared->calls;
    const auto at = shared->fail_at.load();
    if (at == 0 || number < at) return false;
    if (shared->fault.load() != DiskFault::from_then_on && number > at) return false;
    shared->struck = call;
    if (shared->fault.load() == DiskFault::killed) ::kill(::getpid(), SIGKILL);
    const int error = shared->error.load();
    errno = error != 0 ? error : call == DiskCall::write ? ENOSPC : EIO;
    return true;
}

// The same for a call that has nothing to do with the folder: never.
bool fails(DiskCall call, const char* path) { return is_ours(path) && fails(call); }
bool fails(DiskCall call, int file) { return is_ours(file) && fails(call); }

int log_file() {
    static const int descriptor = [] {
        const char* file = std::getenv("STOCKTRAY_DISK_LOG");
        return file != nullptr ? really_open(file, O_WRONLY | O_APPEND | O_CREAT) : -1;
    }();
    return descriptor;
}

// One record by one call, so that records of two threads do not mix.
void note(DiskRecord record, std::string_view text, const void* bytes = nullptr) {
    const int before = errno;
    record.text = static_cast<std::uint32_t>(text.size());
    const std::array<iovec, 3> parts{{{&record, sizeof record},
                                      {const_cast<char*>(text.data()), text.size()},
                                      {const_cast<void*>(bytes), bytes != nullptr ? record.size : 0}}};
    (void)!::syscall(SYS_writev, log_file(), parts.data(), parts.size());
    errno = before;
}

std::uint64_t number_of(int file) {
    struct stat state {};
    return ::fstat(file, &state) == 0 ? state.st_ino : 0;
}

void note(DiskRecord::What what, int file, std::uint64_t at = 0, std::uint64_t size = 0, const void* bytes = nullptr) {
    if (log_file() < 0 || !is_ours(file)) return;
    note({what, 0, number_of(file), at, size}, Path{file}.text.data(), bytes);
}

void note(DiskRecord::What what, const char* path, const char* to = "") {
    if (log_file() < 0 || !is_ours(path)) return;
    std::array<char, 2 * PATH_MAX> both{};
    const int size = std::snprintf(both.data(), both.size(), "%s%c%s", path, '\n', to);
    note({what, 0, 0, 0, 0}, {both.data(), static_cast<std::size_t>(size)});
}

template <class Open>
int open_and_note(const char* path, int how, Open open) {
    if (fails(DiskCall::open, path)) return -1;
    const bool may_be_new = log_file() >= 0 && (how & O_CREAT) != 0 && ::access(path, F_OK) != 0;
    const int file = open();
    if (file >= 0 && may_be_new) note(DiskRecord::What::created, file);
    if (file >= 0 && (how & O_TRUNC) != 0) note(DiskRecord::What::truncated, file);
    return file;
}

unsigned mode_of(int how, std::va_list more) { return (how & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int how, ...) {
    std::va_list more;
    va_start(more, how);
    const auto mode = mode_of(how, more);
    va_end(more);
    static const auto next = real<int(const char*, int, ...)>("open");
    return open_and_note(path, how, [&] { return next(path, how, mode); });
}

int open64(const char* path, int how, ...) {
    std::va_list more;
    va_start(more, how);
    const auto mode = mode_of(how, more);
    va_end(more);
    static const auto next = real<int(const char*, int, ...)>("open64");
    return open_and_note(path, how, [&] { return next(path, how, mode); });
}

std::FILE* fopen(const char* path, const char* how) {
    if (fails(DiskCall::open, path)) return nullptr;
    static const auto next = real<std::FILE*(const char*, const char*)>("fopen");
    return next(path, how);
}

std::FILE* fopen64(const char* path, const char* how) {
    if (fails(DiskCall::open, path)) return nullptr;
    static const auto next = real<std::FILE*(const char*, const char*)>("fopen64");
    return next(path, how);
}

ssize_t write(int file, const void* bytes, size_t size) {
    if (fails(DiskCall::write, file)) return -1;
    static const auto next = real<ssize_t(int, const void*, size_t)>("write");
    const auto at = log_file() >= 0 && is_ours(file) ? ::lseek(file, 0, SEEK_CUR) : 0;
    const auto done = next(file, bytes, size);
    if (done > 0) note(DiskRecord::What::written, file, static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(done), bytes);
    return done;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    if (fails(DiskCall::write, file)) return -1;
    static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    const auto done = next(file, bytes, size, at);
    if (done > 0) note(DiskRecord::What::written, file, static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(done), bytes);
    return done;
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    if (fails(DiskCall::write, file)) return -1;
    static const auto next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    const auto done = next(file, bytes, size, at);
    if (done > 0) note(DiskRecord::What::written, file, static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(done), bytes);
    return done;
}

ssize_t pread(int file, void* into, size_t size, off_t at) {
    if (fails(DiskCall::read, file)) return -1;
    static const auto next = real<ssize_t(int, void*, size_t, off_t)>("pread");
    return next(file, into, size, at);
}

ssize_t pread64(int file, void* into, size_t size, off64_t at) {
    if (fails(DiskCall::read, file)) return -1;
    static const auto next = real<ssize_t(int, void*, size_t, off64_t)>("pread64");
    return next(file, into, size, at);
}

int fdatasync(int file) {
    if (fails(DiskCall::sync, file)) return -1;
    static const auto next = real<int(int)>("fdatasync");
    const int done = next(file);
    if (done == 0) note(DiskRecord::What::synced, file);
    return done;
}

int fsync(int file) {
    if (fails(DiskCall::sync, file)) return -1;
    static const auto next = real<int(int)>("fsync");
    const int done = next(file);
    if (done == 0) note(DiskRecord::What::synced, file);
    return done;
}

int ftruncate(int file, off_t size) noexcept {
    if (fails(DiskCall::truncate, file)) return -1;
    static const auto next = real<int(int, off_t)>("ftruncate");
    const int done = next(file, size);
    if (done == 0) note(DiskRecord::What::truncated, file, static_cast<std::uint64_t>(size));
    return done;
}

int ftruncate64(int file, off64_t size) noexcept {
    if (fails(DiskCall::truncate, file)) return -1;
    static const auto next = real<int(int, off64_t)>("ftruncate64");
    const int done = next(file, size);
    if (done == 0) note(DiskRecord::What::truncated, file, static_cast<std::uint64_t>(size));
    return done;
}

int mkdir(const char* path, mode_t mode) noexcept {
    if (fails(DiskCall::make_folder, path)) return -1;
    static const auto next = real<int(const char*, mode_t)>("mkdir");
    const int done = next(path, mode);
    if (done == 0) note(DiskRecord::What::folder_made, path);
    return done;
}

int link(const char* from, const char* to) noexcept {
    if (fails(DiskCall::link, to)) return -1;
    static const auto next = real<int(const char*, const char*)>("link");
    const int done = next(from, to);
    if (done == 0) note(DiskRecord::What::linked, from, to);
    return done;
}

int rename(const char* from, const char* to) noexcept {
    if (fails(DiskCall::rename, from)) return -1;
    static const auto next = real<int(const char*, const char*)>("rename");
    const int done = next(from, to);
    if (done == 0) note(DiskRecord::What::renamed, from, to);
    return done;
}

int unlink(const char* path) noexcept {
    if (fails(DiskCall::remove, path)) return -1;
    static const auto next = real<int(const char*)>("unlink");
    const int done = next(path);
    if (done == 0) note(DiskRecord::What::removed, path);
    return done;
}

int remove(const char* path) noexcept {
    if (fails(DiskCall::remove, path)) return -1;
    static const auto next = real<int(const char*)>("remove");
    const int done = next(path);
    if (done == 0) note(DiskRecord::What::removed, path);
    return done;
}

}  // extern "C"
