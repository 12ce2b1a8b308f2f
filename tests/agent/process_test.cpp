// The agent as a process: how it starts, ends, and what it makes of a data folder that is not what it was.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include "tests/agent/bench.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Finished run_agent(const std::vector<std::string>& words) {
    std::vector<std::string> line{STOCKTRAY_BIN_DIR "/stocktray-agent"};
    line.insert(line.end(), words.begin(), words.end());
    return run({line, {}, {}});
}

void set_timeout(Bench& bench, std::int64_t timeout_ms) {
    ipc::carts::Update update;
    update.cart = "main";
    update.timeout_ms = timeout_ms;
    bench.agent.must(update);
}

// How often the process went to sleep or was put aside, over all of its threads.
std::int64_t switches(pid_t process) {
    std::int64_t count = 0;
    for (const auto& task : fs::directory_iterator{fmt::format("/proc/{}/task", process)}) {
        std::ifstream file{task.path() / "status"};
        for (std::string line; std::getline(file, line);)
            if (line.find("ctxt_switches:") != std::string::npos)
                count += std::stoll(line.substr(line.find(':') + 1));
    }
    return count;
}

}  // namespace

TEST_SUITE("AgentStart") {
    TEST_CASE("a second agent on the same data folder ends with 73 and names who holds it") {
        AgentProcess agent;
        agent.start();
        const auto second = run_agent({"--data-dir", agent.data_dir().string(), "--endpoint",
                                       "ipc://" + (agent.folder() / "other.sock").string(), "--config",
                                       (agent.folder() / "agent.toml").string()});
        CHECK(second.exit_code == 73);
        CHECK(second.errors.find((agent.data_dir() / "agent.lock").string()) != std::string::npos);
        CHECK(second.errors.find(fmt::format("process {}", agent.process().id())) != std::string::npos);
        CHECK(outcome(agent, ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("a second agent on the same endpoint ends with 73 and names who holds it") {
        AgentProcess agent;
        agent.start();
        const auto second =
            run_agent({"--data-dir", (agent.folder() / "other").string(), "--endpoint", agent.endpoint(),
                       "--config", (agent.folder() / "agent.toml").string()});
        CHECK(second.exit_code == 73);
        CHECK(second.errors.find("rpc.sock") != std::string::npos);
        CHECK(second.errors.find(fmt::format("process {}", agent.process().id())) != std::string::npos);
        CHECK(outcome(agent, ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("a killed agent leaves no lock behind") {
        AgentProcess agent;
        agent.start();
        agent.kill();
        agent.start();
        CHECK(agent.stop() == 0);
    }

    TEST_CASE("a wrong command line ends with 64, a wrong configuration with 78") {
        AgentProcess agent;
        CHECK(run_agent({"--nonsense"}).exit_code == 64);
        CHECK(run_agent({"--data-dir"}).exit_code == 64);
        CHECK(run_agent({"surplus"}).exit_code == 64);
        CHECK(run_agent({"--data-dir", agent.data_dir().string(), "--endpoint", "ftp://somewhere", "--config",
                         (agent.folder() / "agent.toml").string()})
                  .exit_code == 64);
        CHECK(run_agent({"--data-dir", agent.data_dir().string(), "--config", "/nonexistent/agent.toml"})
                  .exit_code == 78);
        const auto file = agent.folder() / "wrong.toml";
        std::ofstream{file} << "[log]\nlevel = \"warning\"\n[retry]\nbase = 3\n";
        const auto wrong = run_agent({"--data-dir", agent.data_dir().string(), "--config", file.string()});
        CHECK(wrong.exit_code == 78);
        CHECK(wrong.errors.find("line 4") != std::string::npos);
        CHECK(wrong.errors.find("retry.base") != std::string::npos);
        CHECK(run_agent({"--version"}).exit_code == 0);
        CHECK(run_agent({"--help"}).output.find("--data-dir") != std::string::npos);
        CHECK(!fs::exists(agent.data_dir()));
    }

    TEST_CASE("the data folder and the sockets are its owner's alone") {
        AgentProcess agent;
        agent.start();
        CHECK(fs::status(agent.data_dir()).permissions() == fs::perms::owner_all);
        CHECK(fs::status(agent.folder() / "run").permissions() == fs::perms::owner_all);
        for (const char* name : {"rpc.sock", "events.sock"})
            CHECK((fs::status(agent.folder() / "run" / name).permissions() &
                   (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
    }
}

TEST_SUITE("AgentEnd") {
    TEST_CASE("SIGTERM and SIGINT end it with 0") {
        for (const int signal : {SIGTERM, SIGINT}) {
            AgentProcess agent;
            agent.start();
            agent.process().send_signal(signal);
            CHECK(agent.process().wait(20s) == 0);
        }
    }

    TEST_CASE("SIGTERM ends it while a store hangs; what was in flight is uncertain and is resolved later") {
        for (const auto flow : {Flow::hang_after, Flow::hang_before}) {
            CAPTURE(static_cast<int>(flow));
            Bench bench;
            const auto before = bench.store.count("SKU-0002");
            bench.valve.set(flow, "invupdate");
            bench.submit("c1", "SKU-0002", -2);
            REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
            CHECK(bench.agent.stop() == 0);
            bench.valve.set(Flow::hang_before);
            bench.agent.start();
            const auto posts = bench.posts();
            REQUIRE(posts.size() == 1);
            CHECK(posts[0].state == ipc::PostState::uncertain);
            CHECK(posts[0].last_error);
            set_timeout(bench, 1'000);
            bench.agent.kill();
            bench.valve.set(Flow::open);
            bench.agent.start();
            REQUIRE(bench.rests());
            CHECK(bench.store.count("SKU-0002") == before - 2);
            CHECK(bench.posts({ipc::PostState::confirmed}).size() == 2);
        }
    }

    TEST_CASE("an answer that comes while it is stopping is kept") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        bench.valve.set(Flow::hold, "invupdate");
        bench.submit("c1", "SKU-0002", -2);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        Listener listener{bench.agent, {"agent"}};
        bench.agent.process().send_signal(SIGTERM);
        REQUIRE(listener.wait_for<ipc::events::AgentStopping>());
        bench.valve.set(Flow::open);
        CHECK(bench.agent.process().wait(20s) == 0);
        bench.valve.set(Flow::hang_before);
        bench.agent.start();
        CHECK(bench.posts().empty());
        CHECK(bench.store.count("SKU-0002") == before - 2);
    }

    TEST_CASE("shutdown while a store hangs is answered and ends with 0") {
        Bench bench;
        bench.valve.set(Flow::hang_before);
        bench.submit("c1", "SKU-0002", -2);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        CHECK(outcome(bench.agent, ipc::agent::Shutdown{}) == "answered");
        CHECK(bench.agent.process().wait(20s) == 0);
    }

    TEST_CASE("a change that was acknowledged survives SIGKILL at once") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        for (int round = 0; round < 5; ++round) {
            bench.submit(fmt::format("c{}", round), "SKU-0002", -1);
            bench.agent.kill();
            bench.agent.start();
        }
        CHECK(bench.book("SKU-0002") == before - 5);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 5);
    }
}

TEST_SUITE("AgentData") {
    TEST_CASE("a file that is no database ends it with 65 and is kept byte for byte") {
        AgentProcess agent;
        fs::create_directories(agent.data_dir());
        const std::string letter = "Dear reader, this is no database.\n" + std::string(9'000, 'x');
        std::ofstream{agent.data_dir() / "stocktray.db", std::ios::binary} << letter;
        agent.start_without_waiting();
        CHECK(agent.process().wait(20s) == 65);
        CHECK(agent.process().errors().find("stocktray.db") != std::string::npos);
        CHECK(bytes_of(agent.data_dir() / "stocktray.db") == letter);
    }

    TEST_CASE("a database with damaged pages ends it with 65 and is kept byte for byte") {
        Bench bench;
        CHECK(bench.agent.stop() == 0);
        const auto file = bench.agent.data_dir() / "stocktray.db";
        auto damaged = bytes_of(file);
        REQUIRE(damaged.size() > 3 * 4'096);
        for (std::size_t at = 4'096; at < damaged.size(); ++at) damaged[at] = 'D';
        std::ofstream{file, std::ios::binary} << damaged;
        bench.agent.start_without_waiting();
        CHECK(bench.agent.process().wait(20s) == 65);
        CHECK(bench.agent.process().errors().find("damaged") != std::string::npos);
        CHECK(bytes_of(file) == damaged);
    }

    TEST_CASE("a database of a newer version ends it with 65 and is left alone") {
        Bench bench;
        CHECK(bench.agent.stop() == 0);
        const auto file = bench.agent.data_dir() / "stocktray.db";
        SqliteFile{file}.query("PRAGMA user_version = 999");
        const auto before = bytes_of(file);
        bench.agent.start_without_waiting();
        CHECK(bench.agent.process().wait(20s) == 65);
        CHECK(bench.agent.process().errors().find("newer version") != std::string::npos);
        CHECK(bytes_of(file) == before);
    }

    TEST_CASE("an unreadable password file ends it with a named reason") {
        AgentProcess agent;
        fs::create_directories(agent.data_dir());
        std::ofstream{agent.data_dir() / "passwords.json"} << "{ half";
        agent.start_without_waiting();
        CHECK(agent.process().wait(20s) == 65);
        CHECK(agent.process().errors().find("passwords.json") != std::string::npos);
    }
}

TEST_SUITE("AgentAtRest") {
    TEST_CASE("an agent with nothing to do does not wake up") {
        Bench bench;
        std::vector<std::unique_ptr<PracticeStore>> stores;
        for (const char* id : {"b", "c", "d"}) {
            stores.push_back(std::make_unique<PracticeStore>());
            bench.agent.must(
                cart_for(id, stores.back()->url(), stores.back()->user(), stores.back()->password()));
        }
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(bench.rests());
        const auto process = bench.agent.process().id();
        // The last event and the end of our own connection come a moment later.
        auto last = switches(process);
        REQUIRE(eventually([&] {
            std::this_thread::sleep_for(600ms);
            return std::exchange(last, switches(process)) == last;
        }));
        const auto before = switches(process);
        std::this_thread::sleep_for(3s);  // what is measured: three seconds of nothing
        CHECK(switches(process) == before);
    }
}
