#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "agent/platform/file_lock.h"
#include "agent/platform/note_file.h"
#include "agent/platform/system.h"
#include "ipc/no_links.h"

#ifdef STOCKTRAY_HAS_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace stocktray::platform {
namespace {

namespace fs = std::filesystem;
using ipc::link_in_the_way;

std::string last_error() { return std::generic_category().message(errno); }

Failure cannot(std::string_view what, const fs::path& path) {
    if (errno == ELOOP) return fail(ErrorCode::storage, link_in_the_way(path), last_error());
    return fail(ErrorCode::storage, fmt::format("{} {}: {}.", what, path.string(), last_error()), last_error());
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// A new name in a folder is only safe once the folder is.
Result<void> sync_folder(const fs::path& folder) {
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = opened >= 0 && ::fsync(opened) == 0;
    const int why = errno;
    if (opened >= 0) ::close(opened);
    errno = why;
    if (!is_synced) return cannot("The folder cannot be synchronized:", folder);
    return {};
}

}  // namespace

Result<FileLock> FileLock::take(const fs::path& file, const std::string& holder) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return cannot("The lock file cannot be opened:", file);
    FileLock lock{descriptor};
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot("The lock file cannot be locked:", file);
        std::ifstream reader{file};
        std::string who;
        std::getline(reader, who);
        return fail(ErrorCode::conflict, fmt::format("{} is locked by {}", file.string(),
                                                     who.empty() ? "another process" : who));
    }
    if (::ftruncate(descriptor, 0) != 0 || !write_all(descriptor, holder + "\n"))
        return cannot("The lock file cannot be written:", file);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}
FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::string machine_id() {
    std::ifstream file{"/etc/machine-id"};
    std::string id;
    std::getline(file, id);
    if (id.empty()) return {};
    // systemd's advice: never show the id itself.
    unsigned char hash[16];
    char hex[2 * sizeof hash + 1];
    constexpr std::string_view ours = "stocktray";
    crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(id.data()), id.size(),
                       reinterpret_cast<const unsigned char*>(ours.data()), 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return hex;
}

std::uint64_t entropy() {
    std::uint64_t bits = 0;
    randombytes_buf(&bits, sizeof bits);
    return bits;
}

Result<void> try_threads() {
    // ZeroMQ's two, one that looks up names, and what they do first.
    constexpr std::size_t threads = 4;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    std::size_t stack = 0;
    pthread_attr_getstacksize(&attributes, &stack);
    pthread_attr_destroy(&attributes);
    void* const room = ::mmap(nullptr, threads * stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int error = room == MAP_FAILED ? errno : 0;
    if (error == 0) {
        ::munmap(room, threads * stack);
        pthread_t thread{};
        error = ::pthread_create(&thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
        if (error == 0) ::pthread_join(thread, nullptr);
    }
    if (error == 0) return {};
    return fail(ErrorCode::internal, fmt::format("There is too little memory for the agent, or it may start no more threads: {}.",
                                                 std::generic_category().message(error)));
}

Result<void> make_private_folder(const fs::path& folder) {
    std::error_code error;
    if (fs::is_directory(folder, error)) return {};
    const auto above = folder.parent_path();
    if (folder.has_relative_path() && !above.empty())
        if (auto made = make_private_folder(above); !made) return made;
    if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(above.empty() ? "." : above);
    if (errno == EEXIST && fs::is_directory(folder, error)) return {};
    return cannot("The folder cannot be made:", folder);
}

Result<void> claim_private_folder(const fs::path& folder) {
    if (auto made = make_private_folder(folder); !made) return made;
    // By one descriptor, so that it is one and the same folder that is looked at and closed.
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat found {};
    const bool is_known = opened >= 0 && ::fstat(opened, &found) == 0;
    const bool is_ours = is_known && found.st_uid == ::geteuid();
    const bool is_open_to_look = is_ours && (found.st_mode & 0077) != 0;
    const bool is_open_to_write = is_ours && (found.st_mode & 0022) != 0;
    const bool is_closed = !is_open_to_look || is_open_to_write || ::fchmod(opened, 0700) == 0;
    const int why = errno;
    if (opened >= 0) ::close(opened);
    errno = why;
    if (!is_known || !is_closed) return cannot("The folder cannot be used:", folder);
    if (!is_ours)
        return fail(ErrorCode::storage, fmt::format("The folder {} belongs to another user. Run this program as that user, or give it "
                                                    "a folder of its own with --data-dir.", folder.string()));
    if (is_open_to_write)
        return fail(ErrorCode::storage, fmt::format("Others may write in the folder {}, so what lies in it may be theirs. Look through "
                                                    "it, then run: chmod 700 '{}'", folder.string(), folder.string()));
    return {};
}

void make_files_private() noexcept { (void)::umask(0077); }

void allow_many_files() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<void> replace_file(const fs::path& file, std::string_view content) {
    const fs::path draft = file.string() + ".new";
    // One that a crash has left, or somebody has laid there, is not written into: it may be a link, or open to others.
    ::unlink(draft.c_str());
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot("The file cannot be written:", draft);
    const bool is_written = write_all(descriptor, content) && ::fsync(descriptor) == 0;
    const int why = errno;
    ::close(descriptor);
    errno = why;
    if (!is_written || ::rename(draft.c_str(), file.c_str()) != 0) return cannot("The file cannot be written:", file);
    return sync_folder(file.parent_path());
}

Result<NoteFile> NoteFile::open(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return cannot("The file cannot be opened:", file);
    return NoteFile{descriptor};
}

NoteFile::NoteFile(NoteFile&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
NoteFile::~NoteFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::string NoteFile::read() const {
    std::string line(longest + 1, ' ');
    const auto size = ::pread(descriptor_, line.data(), line.size(), 0);
    line.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return line;
}

void NoteFile::write(std::string_view line) noexcept {
    // Of fixed width and by one call.
    std::array<char, longest + 1> whole;
    whole.fill(' ');
    std::ranges::copy(line.substr(0, longest), whole.begin());
    whole.back() = '\n';
    (void)!::pwrite(descriptor_, whole.data(), whole.size(), 0);
}

Result<int> run_program(const std::string& name, const std::vector<std::string>& arguments) {
    std::error_code none;
    const auto beside = fs::read_symlink("/proc/self/exe", none).parent_path() / name;
    const std::string program = fs::exists(beside, none) ? beside.string() : name;
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    pid_t child = -1;
    if (const int error = ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, words.data(), environ); error != 0)
        return fail(ErrorCode::not_found, fmt::format("{} cannot be run: {}.", name, std::generic_category().message(error)));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return fail(ErrorCode::internal, fmt::format("{} was lost.", name));
    if (!WIFEXITED(status)) return fail(ErrorCode::internal, fmt::format("{} was ended by signal {}.", name, WTERMSIG(status)));
    return WEXITSTATUS(status);
}

StopSignal::StopSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    descriptor_ = ::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}
StopSignal::~StopSignal() {
    if (descriptor_ >= 0) ::close(descriptor_);
}
bool StopSignal::take() {
    signalfd_siginfo info{};
    return ::read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info);
}

#ifdef STOCKTRAY_HAS_SYSTEMD
ServiceManager::ServiceManager() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) > 0)
        sign_every_ = Milliseconds{static_cast<std::int64_t>(microseconds / 2'000)};
}
void ServiceManager::ready(std::string_view status) {
    sd_notify(0, fmt::format("READY=1\nSTATUS={}", status).c_str());
}
void ServiceManager::stopping() { sd_notify(0, "STOPPING=1"); }
void ServiceManager::sign_of_life() { sd_notify(0, "WATCHDOG=1"); }
#else
ServiceManager::ServiceManager() = default;
void ServiceManager::ready(std::string_view) {}
void ServiceManager::stopping() {}
void ServiceManager::sign_of_life() {}
#endif

}  // namespace stocktray::platform
