#include "agent/ctl/platform/hear_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;

std::string beside_this_program(const std::string& name) {
    std::error_code none;
    const auto beside = fs::read_symlink("/proc/self/exe", none).parent_path() / name;
    return fs::exists(beside, none) ? beside.string() : name;
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4'096> piece{};
    for (ssize_t got = 0; (got = ::read(descriptor, piece.data(), piece.size())) > 0 || (got < 0 && errno == EINTR);)
        if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
    return text;
}

}  // namespace

Result<Heard> hear_program(const std::string& name, const std::vector<std::string>& arguments) {
    const std::string program = beside_this_program(name);
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    std::array<int, 2> ends{};  // to read from, to write to
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(ErrorCode::internal, fmt::format("{} cannot be heard: {}.", name, std::generic_category().message(errno)));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (const int output : {STDOUT_FILENO, STDERR_FILENO}) ::posix_spawn_file_actions_adddup2(&actions, ends[1], output);
    pid_t child = -1;
    const int error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    Heard heard{.said = read_all(ends[0])};
    ::close(ends[0]);
    if (error != 0)
        return fail(ErrorCode::not_found, fmt::format("{} cannot be run: {}.", name, std::generic_category().message(error)));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return fail(ErrorCode::internal, fmt::format("{} was lost.", name));
    if (!WIFEXITED(status)) return fail(ErrorCode::internal, fmt::format("{} was ended by signal {}.", name, WTERMSIG(status)));
    heard.code = WEXITSTATUS(status);
    return heard;
}

}  // namespace stocktray::ctl
