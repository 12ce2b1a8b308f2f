// A child process that cannot outlive its owner.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::tests {

struct Command {
    std::vector<std::string> arguments;  // the first is the program; looked up in PATH without a slash
    std::map<std::string, std::string> environment;  // added to ours
    std::filesystem::path directory;                 // empty: ours
};

// Runs in a process group of its own. Destruction kills the whole group and waits for the child; the kernel
// kills the child if the thread that started it ends first, so start long-lived ones from the main thread.
class Process {
public:
    // Throws std::system_error if the program cannot be run.
    explicit Process(const Command& command);
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t id() const noexcept { return id_; }
    [[nodiscard]] bool is_running();

    // To the child alone; nothing happens once it has ended.
    void send_signal(int number);

    // SIGSTOP, and waits until none of its threads runs any more; SIGCONT lets it go on. False: it has ended.
    [[nodiscard]] bool freeze();

    // The exit code, 128 + n after signal n; nothing if it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);

    // SIGKILL to the whole group, then waits.
    void kill();

    void write(std::string_view text);
    void close_input();

    // What it has written so far.
    [[nodiscard]] std::string output() const;
    [[nodiscard]] std::string errors() const;

private:
    void reap(int status) noexcept;

    pid_t id_ = -1;
    int input_ = -1;
    int output_ = -1;
    int errors_ = -1;
    std::optional<int> exit_code_;
};

struct Finished {
    int exit_code = -1;
    std::string output;
    std::string errors;
};

// Runs to the end. Throws std::runtime_error if that takes longer than `limit`.
[[nodiscard]] Finished run(const Command& command,
                           std::chrono::milliseconds limit = std::chrono::seconds{60});

// SIGKILL, and back when the system has taken all of them apart: on a busy machine a process that was killed is there
// for a while, and may still take what comes in.
void kill_and_wait(const std::vector<pid_t>& processes);

// The children that `parent` has now.
[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);

}  // namespace stocktray::tests
