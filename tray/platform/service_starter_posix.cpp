#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "tray/model/words.h"
#include "tray/platform/service_starter.h"

extern char** environ;

namespace stocktray::tray {
namespace {

enum class Wait { yes, no };

// The exit code, 0 where nobody waits, -1 where it could not be run.
int run(std::vector<std::string> words, Wait wait) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0) return -1;
    if (wait == Wait::no) return 0;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool has_unit(const std::string& program) {
    return run({"systemctl", "--user", "--quiet", "cat", program + ".service"}, Wait::yes) == 0;
}

bool tell_systemd(const std::string& what, const std::string& program) {
    return run({"systemctl", "--user", "--quiet", "--no-block", what, program + ".service"}, Wait::yes) == 0;
}

std::string not_started(const std::string& program) {
    return say(tr("systemd does not start it: look at “systemctl --user status {program}”."), fmt::arg("program", program));
}

std::string start_beside(const std::filesystem::path& programs, const std::string& program, const std::string& endpoint) {
    const auto beside = programs / program;
    std::error_code error;
    std::vector<std::string> words{std::filesystem::exists(beside, error) ? beside.string() : program};
    if (!endpoint.empty()) words.insert(words.end(), {"--endpoint", endpoint});
    return run(std::move(words), Wait::no) == 0 ? std::string{}
                                                : say(tr("The program {program} was not found."), fmt::arg("program", program));
}

}  // namespace

bool can_run_agent() noexcept { return true; }

std::string start_agent(const std::filesystem::path& programs, const std::string& endpoint) {
    static const std::string program{"stocktray-agent"};
    if (!endpoint.empty() || !has_unit(program)) return start_beside(programs, program, endpoint);
    return tell_systemd("start", program) ? std::string{} : not_started(program);
}

std::string start_gateway(const std::filesystem::path& programs, const std::string& endpoint) {
    static const std::string program{"stocktray-gateway"};
    if (!endpoint.empty() || !has_unit(program)) return start_beside(programs, program, endpoint);
    return tell_systemd("enable", program) && tell_systemd("restart", program) ? std::string{} : not_started(program);
}

}  // namespace stocktray::tray
