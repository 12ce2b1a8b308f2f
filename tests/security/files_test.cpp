// Folders and files: made for their user alone under any umask, and not used where others could have been before.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>

#include "agent/platform/system.h"
#include "core/time.h"
#include "ipc/endpoint.h"
#include "ipc/messages/agent.h"
#include "ipc/spool/outbox.h"
#include "tests/agent/bench.h"
#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/agent/in_process_agent.h"
#include "tests/agent/lan/shared_agent.h"
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

    TEST_CASE("what clients keep is their user's alone under any umask: profile, spool, pairing string, the gateway's set-up") {
        SharedAgent agent;
        for (const std::string mask : {"000", "022"}) {
            CAPTURE(mask);
            const TempDir home;
            const auto person = home.path() / "home";
            fs::create_directory(person);
            ::chmod(person.c_str(), 0700);
            const std::map<std::string, std::string> surroundings{{"HOME", person.string()},
                                                                  {"XDG_CONFIG_HOME", (person / ".config").string()},
                                                                  {"XDG_DATA_HOME", (person / ".local/share").string()},
                                                                  {"XDG_STATE_HOME", (person / ".local/state").string()},
                                                                  {"XDG_RUNTIME_DIR", (person / "run").string()},
                                                                  {"STOCKTRAY_PROFILE", ""},
                                                                  {"STOCKTRAY_ENDPOINT", ""},
                                                                  {"STOCKTRAY_SPOOL", ""}};
            const auto ctl = [&](std::vector<std::string> words) {
                auto line = with_umask(mask);
                line.insert(line.end(), {STOCKTRAY_BIN_DIR "/stocktrayctl"});
                line.insert(line.end(), words.begin(), words.end());
                return run({line, surroundings, {}});
            };
            // Saved where no agent is.
            std::ofstream{home.path() / "changes.csv"} << "sku,delta\nSKU-0001,-1\n";
            const auto saved = ctl({"import", (home.path() / "changes.csv").string()});
            CHECK_MESSAGE(fs::exists(person / ".local/share/stocktray/spool.db"), saved.output, saved.errors);
            const auto invited = ctl({"--endpoint", agent.endpoint(), "keys", "invite", "--role", "viewer", "--host", "127.0.0.1", "--file",
                                      (person / "pairing").string()});
            CHECK_MESSAGE(fs::exists(person / "pairing"), invited.output, invited.errors);
            const auto joined = ctl({"pair", "--file", (person / "pairing").string()});
            CHECK_MESSAGE(fs::exists(person / ".config/stocktray/shared-agent.json"), joined.output, joined.errors);
            CHECK(open_to_others(person) == "");
        }
    }

    // Whoever could once write into a folder may have left links in it; the sentence about that folder sends its owner to look, and
    // he may overlook one.
    TEST_CASE("no link is written through: the agent says so, and what it leads to stays as it is") {
        const TempDir folder;
        const auto victim = folder.path() / "victim";
        AgentProcess agent;
        agent.start();
        CHECK(agent.stop() == 0);
        const auto state = agent.folder() / "state";
        std::vector<fs::path> files{agent.data_dir() / "stocktray.db", agent.data_dir() / "stocktray.db-wal", agent.data_dir() / "stocktray.db-journal",
                                    agent.data_dir() / "agent.lock"};
        for (const auto& entry : fs::recursive_directory_iterator{state})
            if (entry.path().extension() == ".marker") files.push_back(entry.path());
        REQUIRE(files.size() == 5);
        for (const auto& file : files) {
            // To a file, an empty one, and none.
            for (const std::optional<std::string>& content : {std::optional<std::string>{"precious"}, std::optional<std::string>{""}, std::optional<std::string>{}}) {
                CAPTURE(file);
                CAPTURE(content.has_value());
                fs::remove(victim);
                if (content) std::ofstream{victim} << *content;
                const auto aside = file.string() + ".aside";
                const bool was_there = fs::exists(file);
                if (was_there) fs::rename(file, aside);
                fs::create_symlink(victim, file);
                const auto said = end_of(agent, agent.data_dir(), agent.folder() / "run");
                CHECK(said.exit_code == io_error);
                CHECK_MESSAGE(said.errors.find(file.string() + " is a link") != std::string::npos, said.errors);
                CHECK(fs::exists(victim) == content.has_value());
                CHECK(text_of(victim) == content.value_or(""));
                fs::remove(file);
                if (was_there) fs::rename(aside, file);
            }
        }
        agent.start();
        CHECK(agent.stop() == 0);
    }

    TEST_CASE("the agent's keys and passwords replace a link, and a support bundle is not laid into one") {
        const TempDir folder;
        const auto victim = folder.path() / "victim";
        std::ofstream{victim} << "precious";
        AgentProcess agent;
        fs::create_directory(agent.data_dir());
        for (const char* name : {"agent-keys.json.new", "passwords.json.new"}) fs::create_symlink(victim, agent.data_dir() / name);
        agent.start();
        set_parameter(agent, "LanAddress", fmt::format("127.0.0.1:{}", free_port()));
        PracticeStore store{{.products = 1}};
        agent.must(cart_for("main", store.url(), store.user(), store.password()));
        for (const char* name : {"agent-keys.json", "passwords.json"}) {
            CAPTURE(name);
            CHECK(eventually([&] { return fs::exists(agent.data_dir() / name); }));
            CHECK(mode_of(agent.data_dir() / name) == 0600);
            CHECK(!fs::is_symlink(agent.data_dir() / name));
        }
        CHECK(text_of(victim) == "precious");

        // The bundle's folder is named after the clock, which stands still here.
        const auto elsewhere = folder.path() / "elsewhere";
        fs::create_directory(elsewhere);
        fs::create_directory(folder.path() / "own");
        InProcessAgent still{folder.path() / "own", ":memory:", [](const std::string&, std::string_view) { return std::string{}; }};
        const auto bundle = folder.path() / "own" / fmt::format("support-{}", to_ms(still.now.wall));
        fs::create_directory_symlink(elsewhere, bundle);
        const auto answers = still.turn({ipc::request(1, ipc::agent::Diagnostics{})});
        REQUIRE(answers.size() == 1);
        CHECK(answers.front().find("is a link") != std::string::npos);
        CHECK(fs::is_empty(elsewhere));
        fs::remove(bundle);
        (void)still.turn({ipc::request(2, ipc::agent::Diagnostics{})});
        CHECK(fs::exists(bundle / "version.txt"));
    }

    TEST_CASE("the gateway's and a client's databases are no links: each says so, and nothing is written through one") {
        const TempDir folder;
        const auto victim = folder.path() / "victim";
        Bench bench{{.script = "order_script.php"}};
        GatewayProcess gateway{bench.agent, ""};
        gateway.start();
        CHECK(gateway.stop() == 0);
        const auto script = gateway.data_dir() / "script.db";
        REQUIRE(fs::exists(script));
        for (const auto& file : {script, fs::path{script.string() + "-wal"}, gateway.data_dir() / "gateway.lock"}) {
            CAPTURE(file);
            std::ofstream{victim} << "";
            const auto aside = file.string() + ".aside";
            const bool was_there = fs::exists(file);
            if (was_there) fs::rename(file, aside);
            fs::create_symlink(victim, file);
            const auto said = gateway.end_of_start();
            CHECK(said.exit_code != 0);
            CHECK_MESSAGE(said.errors.find(file.string() + " is a link") != std::string::npos, said.errors);
            CHECK(text_of(victim) == "");
            fs::remove(file);
            if (was_there) fs::rename(aside, file);
        }
        for (const char* ending : {"", "-wal", ".lock"}) {
            CAPTURE(ending);
            const auto spool = folder.path() / "spool.db", file = fs::path{spool.string() + ending};
            std::ofstream{victim} << "";
            fs::create_symlink(victim, file);
            const auto opened = ipc::Outbox::open({"test", bench.agent.endpoint(), spool});
            REQUIRE(!opened);
            CHECK(opened.error().code == ipc::Code::storage);
            CHECK_MESSAGE(opened.error().message.find(file.string() + " is a link") != std::string::npos, opened.error().message);
            CHECK(text_of(victim) == "");
            for (const auto& entry : fs::directory_iterator{folder.path()})
                if (entry.path() != victim) fs::remove(entry.path());
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
