// Folders and files: made for their user alone under any umask, and not used where others could have been before.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>

#include "agent/platform/system.h"
#include "ipc/endpoint.h"
#include "tests/agent/bench.h"
#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/support/other_users.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat found {};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

// What others than the owner may do with anything in there, as a list for a person; sockets too.
std::string open_to_others(const fs::path& folder) {
    std::string found;
    const auto look = [&](const fs::path& path) {
        struct stat is {};
        if (::lstat(path.c_str(), &is) != 0) {
            CHECK(errno == ENOENT);  // a draft that has its name meanwhile: the programs work
            return;
        }
        if ((is.st_mode & 0077U) != 0 && !S_ISLNK(is.st_mode)) found += fmt::format("{} {:o}\n", path.string(), is.st_mode & 07777U);
    };
    look(folder);
    for (const auto& entry : fs::recursive_directory_iterator{folder}) look(entry.path());
    return found;
}

std::vector<std::string> with_umask(const std::string& mask) { return {"sh", "-c", "umask " + mask + " && exec \"$@\"", "-"}; }

// How an agent ends that is not to start, and what it says.
Finished end_of(const AgentProcess& agent, const fs::path& data, const fs::path& run_folder) {
    return run({{STOCKTRAY_BIN_DIR "/stocktray-agent", "--data-dir", data.string(), "--endpoint", "ipc://" + (run_folder / "rpc.sock").string(),
                 "--config", (agent.folder() / "agent.toml").string()},
                {{"XDG_STATE_HOME", (agent.folder() / "state").string()}},
                {}});
}

std::string text_of(const fs::path& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

constexpr int io_error = 74;

}  // namespace

TEST_SUITE("Files") {
    TEST_CASE("agent and gateway work under any umask, and leave nothing that others may touch") {
        for (const std::string mask : {"000", "077"}) {
            CAPTURE(mask);
            Bench bench{{.agent = {.wrapper = with_umask(mask)}, .script = "order_script.php"}};
            set_parameter(bench.agent, "LanAddress", fmt::format("127.0.0.1:{}", free_port()));
            GatewayProcess gateway{bench.agent, ""};
            gateway.start(with_umask(mask));
            FormPost post;
            post.url = gateway.url();
            post.fields = {{"setifunction", "invupdate"}, {"setiuser", bench.store.user()}, {"password", bench.store.password()},
                           {"code", ""}, {"omversion", "5.900"}, {"update", "SKU-0001~-1|"}};
            CHECK(send(post).body.starts_with("SETIResponse=OK"));
            CHECK(!bench.agent.must(ipc::agent::Diagnostics{}).path.empty());
            CHECK(bench.rests());
            for (const char* name : {"data", "run", "state"}) CHECK(open_to_others(bench.agent.folder() / name) == "");
            for (const char* name : {"stocktray.db", "stocktray.db-wal", "passwords.json", "agent-keys.json"})
                CHECK(mode_of(bench.agent.data_dir() / name) == 0600);
            CHECK(open_to_others(gateway.data_dir()) == "");
        }
    }

    TEST_CASE("a folder that others may read is closed to them, one that they may write is not used") {
        AgentProcess agent;
        fs::create_directory(agent.data_dir());
        ::chmod(agent.data_dir().c_str(), 0755);
        agent.start();
        CHECK(mode_of(agent.data_dir()) == 0700);
        agent.kill();
        for (const unsigned mode : {0777U, 0770U, 01777U, 0702U}) {
            CAPTURE(mode);
            ::chmod(agent.data_dir().c_str(), mode);
            const auto said = end_of(agent, agent.data_dir(), agent.folder() / "run");
            CHECK(said.exit_code == io_error);
            CHECK_MESSAGE(said.errors.find("chmod 700 '" + agent.data_dir().string() + "'") != std::string::npos, said.errors);
        }
    }

    TEST_CASE("a folder of another user is not used, by whatever way it is reached; nor is one for the sockets") {
        if (!can_play_others(STOCKTRAY_BIN_DIR "/stocktrayctl")) return;
        AgentProcess agent;
        const auto theirs = agent.folder() / "theirs", link = agent.folder() / "link";
        fs::create_directory(theirs);
        give_to_nobody(theirs);
        fs::create_directory_symlink(theirs, link);
        for (const auto& data : {theirs, link}) {
            const auto said = end_of(agent, data, agent.folder() / "run");
            CHECK(said.exit_code == io_error);
            CHECK_MESSAGE(said.errors.find("belongs to another user") != std::string::npos, said.errors);
        }
        const auto said = end_of(agent, agent.data_dir(), theirs);
        CHECK(said.exit_code == io_error);
        CHECK_MESSAGE(said.errors.find("could take the agent's place") != std::string::npos, said.errors);
        CHECK(fs::is_empty(theirs));
        // A link to a folder of one's own is nothing unusual.
        fs::remove(agent.data_dir());
        const auto own = agent.folder() / "own";
        fs::create_directory(own);
        fs::create_directory_symlink(own, agent.data_dir());
        agent.start();
        CHECK(fs::exists(own / "stocktray.db"));
    }

    TEST_CASE("a secret is written into a new file: neither a link nor an open file that lies there gets it") {
        const TempDir folder;
        const auto file = folder.path() / "passwords.json", draft = folder.path() / "passwords.json.new", victim = folder.path() / "victim";
        std::ofstream{victim} << "precious";
        fs::create_symlink(victim, draft);
        REQUIRE(platform::replace_file(file, "secret"));
        CHECK(text_of(victim) == "precious");
        CHECK(text_of(file) == "secret");
        CHECK(!fs::is_symlink(file));
        std::ofstream{draft} << "left behind";
        ::chmod(draft.c_str(), 0666);
        REQUIRE(platform::replace_file(file, "new secret"));
        CHECK(mode_of(file) == 0600);
        fs::remove(file);
        fs::create_symlink(victim, file);
        REQUIRE(platform::replace_file(file, "secret"));
        CHECK(text_of(victim) == "precious");
    }

    TEST_CASE("another user of the machine can neither read, nor list, nor connect") {
        if (!can_play_others(STOCKTRAY_BIN_DIR "/stocktrayctl")) return;
        Bench bench;
        ::chmod(bench.agent.folder().c_str(), 0755);  // only what the agent has made protects it
        std::string listing;
        for (const auto& entry : fs::recursive_directory_iterator{bench.agent.folder()})
            if (entry.path().filename() != "agent.toml" && entry.path() != bench.agent.data_dir()) listing += entry.path().string() + "\n";
        CHECK(listing.find("passwords.json") != std::string::npos);
        std::istringstream paths{listing};
        for (std::string path; std::getline(paths, path);) {
            if (fs::is_directory(path)) continue;
            CAPTURE(path);
            CHECK(run({as_nobody({"cat", path}), {}, {}}).exit_code != 0);
            CHECK(run({as_nobody({"sh", "-c", "echo x >> \"$0\"", path}), {}, {}}).exit_code != 0);
        }
        for (const char* name : {"data", "run", "state"})
            CHECK(run({as_nobody({"ls", (bench.agent.folder() / name).string()}), {}, {}}).exit_code != 0);
        const auto refused = run({as_nobody({STOCKTRAY_BIN_DIR "/stocktrayctl", "--endpoint", bench.agent.endpoint(), "--timeout", "1", "status"}),
                                  {{"HOME", "/nonexistent"}, {"STOCKTRAY_PROFILE", ""}}, {}});
        CHECK(refused.exit_code != 0);
        CHECK(refused.output.find("main") == std::string::npos);
    }
}
