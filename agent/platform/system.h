// What the agent needs of the operating system besides files: who the machine is, entropy, being told to end,
// and telling a service manager how it goes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace stocktray::platform {

// The machine's lasting id, hashed so that it tells nothing elsewhere; empty if it has none.
[[nodiscard]] std::string machine_id();

[[nodiscard]] std::uint64_t entropy();

// Fails where the system has no room for the threads of our libraries, which end the process without a sentence then.
[[nodiscard]] Result<void> try_threads();

// Makes the folder, and those above it that are missing, open to this user only; they outlive a power cut from then on.
[[nodiscard]] Result<void> make_private_folder(const std::filesystem::path& folder);

// The same for a folder in which only this program works: one that others may enter is closed to them. Fails, with what to
// do, where it belongs to another user or others may have put something into it.
[[nodiscard]] Result<void> claim_private_folder(const std::filesystem::path& folder);

// Files and folders that this process makes from now on are its user's alone, whatever the umask was.
void make_files_private() noexcept;

// As many open files as the system lets this user have: a few hundred are too few where each client is one.
void allow_many_files() noexcept;

// Writes the whole file anew, so that it is the old one or the new one after any crash; mode 0600.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& file, std::string_view content);

// Runs one of our own programs (the one beside this program, else the one in PATH) in the foreground, with this program's
// input and output, and waits for its end: its exit code. Fails if it cannot be run or was ended by a signal.
[[nodiscard]] Result<int> run_program(const std::string& name, const std::vector<std::string>& arguments);

// SIGTERM and SIGINT as a descriptor for the loop. One of it in a process, made before any thread.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    // True once after each signal.
    [[nodiscard]] bool take();

private:
    int descriptor_{-1};
};

// systemd's readiness and watchdog; does nothing where nobody asked for them.
class ServiceManager {
public:
    ServiceManager();
    void ready(std::string_view status);
    void stopping();
    // Half of the time within which a sign of life is wanted; none: nobody watches.
    [[nodiscard]] std::optional<Milliseconds> sign_every() const noexcept { return sign_every_; }
    void sign_of_life();

private:
    std::optional<Milliseconds> sign_every_;
};

}  // namespace stocktray::platform
