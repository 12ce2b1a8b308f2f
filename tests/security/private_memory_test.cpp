// What the programs know in their memory stays there: no core dump, no look from outside.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/agent/agent_process.h"
#include "tests/support/other_users.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

std::string text_of(const std::string& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

// A program that does not mind.
Process a_sleeper(std::vector<std::string> line, const std::filesystem::path& folder = {}) {
    line.insert(line.end(), {"sleep", "60"});
    Process sleeper{{line, {}, folder}};
    REQUIRE(eventually([&] { return text_of(fmt::format("/proc/{}/comm", sleeper.id())) == "sleep\n"; }));
    return sleeper;
}

const std::vector<std::string> with_core_dumps{"bash", "-c", "ulimit -c unlimited && exec \"$@\"", "-"};

std::ptrdiff_t files_in(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator files{folder};
    return std::distance(begin(files), end(files));
}

// Does nobody get at this file of that process, as a debugger would?
bool can_be_read(pid_t process, const std::string& file) {
    return run({as_nobody({"dd", "status=none", fmt::format("if=/proc/{}/{}", process, file), "of=/dev/null",
                           file == "mem" ? "count=0" : "count=1"}), {}, {}}).exit_code == 0;
}

}  // namespace

TEST_SUITE("Private memory") {
    TEST_CASE("each program closes its memory before anything else") {
        std::istringstream programs{STOCKTRAY_PROGRAMS};
        for (std::string program; std::getline(programs, program, ':');) {
            CAPTURE(program);
            const auto traced = run({{"strace", "-f", "-e", "trace=prctl,prlimit64", program, "--version"}, {}, {}});
            REQUIRE(traced.exit_code == 0);
            CHECK(traced.errors.find("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE") != std::string::npos);
            CHECK(traced.errors.find("RLIMIT_CORE, {rlim_cur=0, rlim_max=0}") != std::string::npos);
        }
    }

    TEST_CASE("an agent that crashes leaves no core dump, where any other program leaves one") {
        TempDir folder;
        const auto pattern = text_of("/proc/sys/kernel/core_pattern");
        if (pattern.find_first_of("|/") == pattern.npos) {
            auto sleeper = a_sleeper(with_core_dumps, folder.path());
            sleeper.send_signal(SIGSEGV);
            CHECK(sleeper.wait(60s) == 128 + SIGSEGV);
            REQUIRE(files_in(folder.path()) == 1);
        } else {
            MESSAGE("only the limit is looked at: this system keeps core dumps elsewhere");
        }
        const auto before = files_in(folder.path());
        AgentProcess agent{{.wrapper = {"bash", "-c", "ulimit -c unlimited && cd \"$0\" && exec \"$@\"", folder.path().string()}}};
        agent.start();
        const auto limits = text_of(fmt::format("/proc/{}/limits", agent.process().id()));
        CHECK(limits.find("Max core file size        0                    0") != std::string::npos);
        agent.process().send_signal(SIGSEGV);
        CHECK(agent.process().wait(60s) == 128 + SIGSEGV);
        CHECK(files_in(folder.path()) == before);
    }

    TEST_CASE("another process of the same user cannot look into the agent, as it can into any other program") {
        if (!can_play_others(STOCKTRAY_BIN_DIR "/stocktray-agent")) return;
        AgentProcess agent{{.wrapper = as_nobody({})}};
        give_to_nobody(agent.folder());
        agent.start();
        const auto sleeper = a_sleeper(as_nobody({}));
        for (const char* file : {"mem", "maps", "environ", "auxv"}) {
            CAPTURE(file);
            CHECK(can_be_read(sleeper.id(), file));
            CHECK(!can_be_read(agent.process().id(), file));
        }
        const auto traced = run({as_nobody({"strace", "-p", std::to_string(agent.process().id()), "-o", "/dev/null"}), {}, {}});
        CHECK(traced.exit_code != 0);
        CHECK(traced.errors.find("Operation not permitted") != std::string::npos);
    }
}
