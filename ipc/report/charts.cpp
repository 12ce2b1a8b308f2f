#include "ipc/report/charts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>

extern char** environ;

namespace stocktray::report {
namespace {

using Chart = tl::expected<std::string, NoChart>;

constexpr std::string_view look =
    "set terminal svg size 640,220 font 'sans-serif,11' noenhanced background '#ffffff'\n"
    "set encoding utf8\n"
    "set style fill solid noborder\n"
    "set boxwidth 0.7 relative\n"
    "set border 3 linecolor rgb '#777777'\n"
    "set tics nomirror textcolor rgb '#333333'\n"
    "set grid ytics linecolor rgb '#dddddd'\n"
    "set yrange [0:*]\n";

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

Chart draw(const std::string& script) {
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
    return picture.empty() ? Chart{tl::unexpected{NoChart::failed}} : Chart{std::move(picture)};
}

// As gnuplot reads a text: a quote within is written twice.
std::string quoted(const std::string& text) {
    std::string result{"'"};
    for (const char sign : text) result.append(sign == '\'' ? 2 : 1, sign);
    return result + "'";
}

std::string day_name(std::int64_t at) {
    const auto seconds = static_cast<std::time_t>(at / 1'000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%e %b", &local)};
}

}  // namespace

Chart chart_of_days(const std::vector<ipc::report::Day>& days, const std::string& changes,
                    const std::string& confirmed) {
    std::string script{look};
    script += "set style data histograms\nset style histogram clustered gap 1\n$days << END\n";
    // About ten names fit below the picture.
    const auto step = std::max<std::size_t>(1, (days.size() + 9) / 10);
    for (std::size_t i = 0; i < days.size(); ++i)
        script += fmt::format("\"{}\" {} {}\n", i % step == 0 ? day_name(days[i].at) : "", days[i].changes,
                              days[i].confirmed);
    script += fmt::format(
        "END\nset key top left horizontal\n"
        "plot $days using 2:xtic(1) title {} linecolor rgb '#7a8794', "
        "'' using 3 title {} linecolor rgb '#2a7ab0'\n",
        quoted(changes), quoted(confirmed));
    return draw(script);
}

Chart chart_of_times(const std::vector<std::string>& bounds, const std::vector<std::int64_t>& within) {
    std::string script{look};
    script += "set style data histograms\n$times << END\n";
    for (std::size_t i = 0; i < std::min(bounds.size(), within.size()); ++i)
        script += fmt::format("\"{}\" {}\n", bounds[i], within[i]);
    script += "END\nunset key\nplot $times using 2:xtic(1) linecolor rgb '#2a7ab0'\n";
    return draw(script);
}

}  // namespace stocktray::report
