#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>

#include "ipc/report/gnuplot.h"

extern char** environ;

namespace stocktray::report {
namespace {

using Drawing = tl::expected<std::string, NoChart>;

// A file that is gone as soon as it is closed: gnuplot reads more than a pipe may hold.
std::unique_ptr<std::FILE, int (*)(std::FILE*)> scratch(std::string_view text) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), &std::fclose};
    if (!file) return file;
    std::fwrite(text.data(), 1, text.size(), file.get());
    std::rewind(file.get());
    return file;
}

std::string everything_in(std::FILE* file) {
    std::rewind(file);
    std::string text;
    std::array<char, 4'096> some{};
    for (std::size_t got = 0; (got = std::fread(some.data(), 1, some.size(), file)) > 0;)
        text.append(some.data(), got);
    return text;
}

}  // namespace

Drawing draw(const std::string& script) {
    const auto in = scratch(script);
    const auto out = scratch("");
    if (!in || !out) return tl::unexpected{NoChart::failed};
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, ::fileno(in.get()), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, ::fileno(out.get()), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // `-d`: what a person has set up for gnuplot is not for us.
    std::array<std::string, 3> words{"gnuplot", "-d", "-"};
    std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
    pid_t child = 0;
    const int problem = ::posix_spawnp(&child, "gnuplot", &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (problem != 0) return tl::unexpected{problem == ENOENT ? NoChart::no_gnuplot : NoChart::failed};
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return tl::unexpected{NoChart::failed};
    auto picture = everything_in(out.get());
    return picture.empty() ? Drawing{tl::unexpected{NoChart::failed}} : Drawing{std::move(picture)};
}

}  // namespace stocktray::report
