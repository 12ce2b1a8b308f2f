#include "tests/support/process.h"

#include "tests/support/wait_until.h"

extern "C" {
#include <sys/pidfd.h>  // in glibc 2.36 it does not say so itself
}
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace stocktray::tests {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// Memory instead of a pipe: a child that writes much is never stopped by a reader that is busy elsewhere.
int capture(const char* name) {
    const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
    if (descriptor < 0) {
        fail("memfd_create");
    }
    return descriptor;
}

std::string contents(int descriptor) {
    struct stat state {};
    if (descriptor < 0 || ::fstat(descriptor, &state) != 0) {
        return {};
    }
    std::string text(static_cast<std::size_t>(state.st_size), '\0');
    const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!added.contains(text.substr(0, text.find('=')))) {
            result.push_back(text);
        }
    }
    for (const auto& [name, value] : added) {
        result.push_back(name + "=" + value);
    }
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

void close_and_forget(int& descriptor) {
    if (descriptor >= 0) {
        ::close(descriptor);
        descriptor = -1;
    }
}

}  // namespace

Process::Process(const Command& command) {
    // A child that ended before it read its input must not end us.
    std::signal(SIGPIPE, SIG_IGN);
    auto arguments = command.arguments;
    auto environment = merged_environment(command.environment);
    const auto argument_pointers = pointers(arguments);
    const auto environment_pointers = pointers(environment);
    output_ = capture("output");
    errors_ = capture("errors");
    std::array<int, 2> input{};
    std::array<int, 2> report{};  // closes by itself when the program starts; carries errno when it cannot
    if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(report.data(), O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    const pid_t parent = ::getpid();
    id_ = ::fork();
    if (id_ == 0) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const bool is_orphan = ::getppid() != parent;
        const bool is_ready = !is_orphan && ::dup2(input[0], 0) == 0 && ::dup2(output_, 1) == 1 &&
                              ::dup2(errors_, 2) == 2 &&
                              (command.directory.empty() || ::chdir(command.directory.c_str()) == 0);
        if (is_ready) {
            ::signal(SIGPIPE, SIG_DFL);
            ::execvpe(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
        }
        const int error = errno;
        [[maybe_unused]] const auto written = ::write(report[1], &error, sizeof error);
        ::_exit(127);
    }
    ::close(input[0]);
    ::close(report[1]);
    input_ = input[1];
    int error = 0;
    const bool has_failed = id_ < 0 || ::read(report[0], &error, sizeof error) > 0;
    ::close(report[0]);
    if (has_failed) {
        kill();
        throw std::system_error(error, std::generic_category(), command.arguments.at(0));
    }
}

Process::~Process() {
    kill();
    close_and_forget(input_);
    close_and_forget(output_);
    close_and_forget(errors_);
}

Process::Process(Process&& other) noexcept
    : id_{std::exchange(other.id_, -1)},
      input_{std::exchange(other.input_, -1)},
      output_{std::exchange(other.output_, -1)},
      errors_{std::exchange(other.errors_, -1)},
      exit_code_{other.exit_code_} {}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(input_, other.input_);
    std::swap(output_, other.output_);
    std::swap(errors_, other.errors_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}

bool Process::is_running() {
    return id_ > 0 && !wait(std::chrono::milliseconds{0}).has_value();
}

void Process::send_signal(int number) {
    if (is_running()) {
        ::kill(id_, number);
    }
}

// The kernel reports a stop when the last thread has come to it; until then others may still answer somebody.
bool Process::freeze() {
    send_signal(SIGSTOP);
    siginfo_t found{};
    while (id_ > 0 && ::waitid(P_PID, static_cast<id_t>(id_), &found, WSTOPPED | WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    return found.si_code == CLD_STOPPED;
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
    if (id_ <= 0 || exit_code_.has_value()) {
        return exit_code_;
    }
    const auto has_ended = [this] {
        int status = 0;
        if (::waitpid(id_, &status, WNOHANG) == id_) {
            reap(status);
        }
        return exit_code_.has_value();
    };
    [[maybe_unused]] const bool ended = wait_until(has_ended, limit);
    return exit_code_;
}

void Process::kill() {
    if (id_ <= 0) {
        return;
    }
    // The group may outlive its leader: workers that the child started are in it.
    ::kill(-id_, SIGKILL);
    if (!exit_code_.has_value()) {
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
        reap(status);
    }
}

void Process::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(input_, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            fail("write to child");
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Process::close_input() {
    close_and_forget(input_);
}

std::string Process::output() const {
    return contents(output_);
}

std::string Process::errors() const {
    return contents(errors_);
}

void Process::reap(int status) noexcept {
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Finished run(const Command& command, std::chrono::milliseconds limit) {
    Process process{command};
    process.close_input();
    const auto code = process.wait(limit);
    if (!code.has_value()) {
        throw std::runtime_error(command.arguments.at(0) + " did not end in time");
    }
    return {*code, process.output(), process.errors()};
}

void kill_and_wait(const std::vector<pid_t>& processes) {
    std::vector<int> killed;
    for (const pid_t process : processes) {
        const int descriptor = ::pidfd_open(process, 0);
        if (descriptor < 0) continue;  // it has ended by itself
        ::pidfd_send_signal(descriptor, SIGKILL, nullptr, 0);
        killed.push_back(descriptor);
    }
    for (const int descriptor : killed) {
        pollfd end{.fd = descriptor, .events = POLLIN, .revents = 0};
        while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
        }
        ::close(descriptor);
    }
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> result;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        std::ifstream file{entry.path() / "stat"};
        std::string line;
        std::getline(file, line);
        const auto end_of_name = line.rfind(')');  // a program's name may hold blanks and parentheses
        if (end_of_name != std::string::npos && line.size() > end_of_name + 4 &&
            std::stol(line.substr(end_of_name + 4)) == parent) {
            result.push_back(static_cast<pid_t>(std::stol(name)));
        }
    }
    return result;
}

}  // namespace stocktray::tests
