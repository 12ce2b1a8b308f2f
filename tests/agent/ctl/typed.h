// The real stocktrayctl at a terminal of its own.
#pragma once
#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace stocktray::ctl::testing {

// What is typed once the screen has shown something new that holds `shown`.
struct Cue {
    std::string shown;
    std::string typed;
};
inline const std::string ctrl_c = "\x03";

struct Typed {
    int code;
    std::string screen;
};

// `environment`: beside that of this process.
inline Typed type_to(const std::vector<std::string>& arguments, std::vector<Cue> cues,
                     const std::map<std::string, std::string>& environment = {}) {
    int terminal = -1;
    winsize size{.ws_row = 50, .ws_col = 120, .ws_xpixel = 0, .ws_ypixel = 0};
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
    REQUIRE(child >= 0);
    if (child == 0) {
        std::vector<std::string> copy{"stocktrayctl"};
        copy.insert(copy.end(), arguments.begin(), arguments.end());
        std::vector<char*> pointers;
        for (auto& argument : copy) pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
        ::execv(STOCKTRAY_BIN_DIR "/stocktrayctl", pointers.data());
        ::_exit(127);
    }
    Typed typed{-1, {}};
    std::array<char, 512> buffer{};
    ssize_t got = 0;
    std::size_t answered = 0;
    while ((got = ::read(terminal, buffer.data(), buffer.size())) > 0) {
        typed.screen.append(buffer.data(), static_cast<std::size_t>(got));
        if (cues.empty() || typed.screen.find(cues.front().shown, answered) == std::string::npos) continue;
        answered = typed.screen.size();
        const std::string keys = cues.front().typed;
        cues.erase(cues.begin());
        REQUIRE(::write(terminal, keys.data(), keys.size()) > 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(terminal);
    typed.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return typed;
}

}  // namespace stocktray::ctl::testing
