#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "tray/model/words.h"
#include "tray/platform/agent_starter.h"

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

}  // namespace

std::string start_agent(const std::filesystem::path& programs, const std::string& endpoint) {
    if (endpoint.empty() &&
        run({"systemctl", "--user", "--quiet", "cat", "stocktray-agent.service"}, Wait::yes) == 0)
        return run({"systemctl", "--user", "--no-block", "start", "stocktray-agent.service"}, Wait::yes) == 0
                   ? std::string{}
                   : tr("systemd does not start it: look at “systemctl --user status stocktray-agent”.");
    const auto beside = programs / "stocktray-agent";
    std::error_code error;
    std::vector<std::string> words{std::filesystem::exists(beside, error) ? beside.string()
                                                                          : "stocktray-agent"};
    if (!endpoint.empty()) words.insert(words.end(), {"--endpoint", endpoint});
    return run(std::move(words), Wait::no) == 0 ? std::string{}
                                                : tr("The program stocktray-agent was not found.");
}

}  // namespace stocktray::tray
