#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using testing::holds;

bool has_program(const char* name) {
    return std::system(("command -v " + std::string{name} + " >/dev/null 2>&1").c_str()) == 0;  // NOLINT
}

std::string output_of(const std::string& command) {
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::string text;
    char buffer[512];
    while (const auto got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
    const int status = ::pclose(pipe);
    CHECK(WEXITSTATUS(status) == 0);
    return text;
}

std::string script_file(const ipc::testing::Scratch& scratch, const std::string& shell) {
    const std::string path = scratch.path() + "/completion." + shell;
    const auto said = testing::run_ctl({"completion", shell});
    CHECK(said.code == 0);
    std::ofstream{path} << said.out;
    return path;
}

// What bash offers for the last word of `words`.
std::string offered(const std::string& script, const std::string& words) {
    return output_of("bash -c 'source " + script + "; COMP_WORDS=(stocktrayctl " + words +
                     "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _stocktrayctl; echo \" ${COMPREPLY[*]} \"'");
}

}  // namespace

TEST_SUITE("ctl completion") {
    TEST_CASE("bash_offers_commands_options_and_words") {
        const ipc::testing::Scratch scratch;
        const auto script = script_file(scratch, "bash");
        CHECK(holds(offered(script, "st"), " status stack "));
        CHECK(holds(offered(script, "stack re"), " retry resume resolve "));
        CHECK(holds(offered(script, "carts add main --pass"), " --password-fd --password-keyring "));
        CHECK(holds(offered(script, "submit A 1 --reason ph"), " phone_order "));
        CHECK(holds(offered(script, "--json carts accept"), " accept-store "));
        CHECK(holds(offered(script, "completion z"), " zsh "));
        CHECK(holds(offered(script, "status --js"), " --json "));
        CHECK(holds(offered(script, "snapshot " + scratch.path() + "/compl"), "/completion.bash "));
    }

    TEST_CASE("zsh_and_fish_have_every_command") {
        for (const char* shell : {"zsh", "fish"}) {
            CAPTURE(shell);
            const auto script = testing::run_ctl({"completion", shell}).out;
            for (const char* part :
                 {"accept-store", "phone_order", "not-applied", "order_import", "password-fd"})
                CHECK(holds(script, part));
            const ipc::testing::Scratch scratch;
            const std::string program{shell};
            if (has_program(shell)) output_of(program + " -n " + script_file(scratch, program) + " 2>&1");
        }
    }

    TEST_CASE("another_shell_is_64") {
        CHECK(testing::run_ctl({"completion", "csh"}).code == 64);
    }
}

}  // namespace stocktray::ctl
