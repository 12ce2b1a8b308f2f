// One agent for the users of one machine: the configuration says who may do what.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "agent/configuration.h"
#include "tests/agent/lan/shared_agent.h"
#include "tests/support/other_users.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

const std::string quiet = "[log]\nlevel = \"warning\"\n[secrets]\nstore = \"file\"\n";

// An agent whose folder others may enter. Other users can only be played by root.
struct SystemAgent : AgentProcess {
    explicit SystemAgent(const std::string& access) : AgentProcess{{.configuration = quiet + access}} {
        ::chmod(folder().c_str(), 0755);
        std::filesystem::create_directories(folder() / "run");
        ::chmod((folder() / "run").c_str(), 0755);
        start();
    }
    // The command line as the user `nobody`.
    [[nodiscard]] Finished as_nobody(std::vector<std::string> words) const {
        std::vector<std::string> line{STOCKTRAY_BIN_DIR "/stocktrayctl", "--endpoint", endpoint(), "--timeout", "30"};
        line.insert(line.end(), words.begin(), words.end());
        return run_until_reached({tests::as_nobody(line), {{"HOME", "/nonexistent"}, {"STOCKTRAY_PROFILE", ""}}, {}});
    }
};

bool can_play_others() { return tests::can_play_others(STOCKTRAY_BIN_DIR "/stocktrayctl"); }

}  // namespace

TEST_SUITE("Local users") {
    TEST_CASE("a user who is named may do what their role says; history knows them") {
        if (!can_play_others()) return;
        SystemAgent agent{"[access.users]\nnobody = \"operator\"\n"};
        CHECK(agent.as_nobody({"status"}).exit_code == 0);
        const auto refused = agent.as_nobody({"parameters", "set", "SynchQOH=true"});
        CHECK(refused.exit_code == 5);
        CHECK(refused.errors.find("administrator") != std::string::npos);
    }

    TEST_CASE("a group lets its members in, and the higher role counts") {
        if (!can_play_others()) return;
        SystemAgent agent{"[access.users]\nnobody = \"viewer\"\n[access.groups]\nnogroup = \"admin\"\n"};
        CHECK(agent.as_nobody({"parameters", "set", "LatenessSeconds=99"}).exit_code == 0);
        const auto entries = agent.must(ipc::history::List{}).entries;
        REQUIRE(!entries.empty());
        CHECK(entries.back().by == "nobody");
    }

    TEST_CASE("who is not named is told so; events are not for them either") {
        if (!can_play_others()) return;
        SystemAgent agent{"[access.users]\nsomebody_else = \"admin\"\n"};
        const auto refused = agent.as_nobody({"status"});
        CHECK(refused.exit_code == 5);
        CHECK(refused.errors.find("not known to the agent") != std::string::npos);
        CHECK(agent.must(ipc::agent::Hello{"test", 1}).role == ipc::Role::admin);
    }

    TEST_CASE("without that setting the sockets are the owner's alone") {
        AgentProcess agent;
        agent.start();
        struct stat found {};
        for (const char* name : {"rpc.sock", "events.sock"}) {
            REQUIRE(::stat((agent.folder() / "run" / name).c_str(), &found) == 0);
            CHECK((found.st_mode & 0077) == 0);
        }
        REQUIRE(::stat((agent.folder() / "run").c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0700);
    }

    TEST_CASE("a wrong line names itself") {
        TempDir dir;
        const auto file = dir.path() / "agent.toml";
        const auto complaint = [&](const std::string& text) {
            std::ofstream{file} << text;
            const auto read = agent::read_configuration(file, agent::Presence::required);
            return read ? std::string{} : read.error().message;
        };
        CHECK(complaint("[access.users]\nann = \"admin\"\n[access.groups]\nshop = \"viewer\"\n").empty());
        CHECK(complaint("[access.users]\nann = \"boss\"\n").find("line 2: the role of ann") != std::string::npos);
        CHECK(complaint("[access.users]\nann = \"none\"\n").find("the role of ann") != std::string::npos);
        CHECK(complaint("[access.users]\nann = 1\n").find("the role of ann") != std::string::npos);
        CHECK(complaint("[access.people]\nann = \"admin\"\n").find("access.people") != std::string::npos);
        CHECK(complaint("access = 1\n").find("access is a table") != std::string::npos);
    }
}
