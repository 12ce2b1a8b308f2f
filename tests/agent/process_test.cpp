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

// The Order Manager has imported the cart's web orders; there are none. Parked posts end by the look that follows.
void import_orders(Bench& bench, const std::string& cart = "main") {
    ipc::orders::Imported imported;
    imported.cart = cart;
    imported.orders.emplace();
    bench.agent.must(imported);
}

void accept(Bench& bench, const std::string& cart = "main") {
    ipc::carts::AcceptStore accept;
    accept.cart = cart;
    bench.agent.must(accept);
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
            CHECK(agent.process().wait(10s) == 0);
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
        CHECK(bench.agent.process().wait(10s) == 0);
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
        CHECK(bench.agent.process().wait(10s) == 0);
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

    TEST_CASE("yesterday's copy of the database stops all carts until a person has accepted them") {
        Bench bench;
        PracticeStore second{{.products = 3, .floor = PracticeStore::Floor::none}};
        bench.agent.must(cart_for("second", second.url(), second.user(), second.password()));
        REQUIRE(bench.rests());
        // A change that waits in the copy, and was sent after the copy was made.
        ipc::stack::Pause pause;
        pause.cart = "main";
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -1);
        CHECK(bench.agent.stop() == 0);
        const auto copy = bench.agent.folder() / "copy";
        fs::copy(bench.agent.data_dir(), copy, fs::copy_options::recursive);
        bench.agent.start();
        ipc::stack::Resume resume;
        resume.cart = "main";
        bench.agent.must(resume);
        for (int n = 0; n < 5; ++n) bench.submit(fmt::format("d{}", n), "SKU-0003", -1);
        REQUIRE(bench.rests());
        CHECK(bench.agent.stop() == 0);
        const auto counts = [&] {
            return std::vector{bench.store.count("SKU-0002"), bench.store.count("SKU-0003"),
                               second.count("SKU-0002"), second.count("SKU-0003")};
        };
        const auto before = counts();
        fs::remove_all(bench.agent.data_dir());
        fs::rename(copy, bench.agent.data_dir());

        for (int start = 0; start < 2; ++start) {  // it is not forgotten by a restart
            bench.agent.start();
            CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
            const auto status = bench.agent.must(ipc::agent::Status{});
            CHECK(status.restored == true);
            for (const auto& cart : status.carts) {
                CHECK(cart.health == ipc::Health::stopped);
                CHECK(cart.waiting_for == ipc::WaitingFor::restored);
                REQUIRE(cart.last_error);
                CHECK(cart.last_error->code == "agent_restored");
            }
            for (const auto& post : bench.posts()) CHECK(post.parked == true);
            CHECK(!bench.posts().empty());
            CHECK(bench.alert(ipc::AlertKind::restored));
            if (start == 0) bench.agent.kill();
        }
        // What was submitted after the copy is offered again; it moves the book and is not posted.
        for (int n = 0; n < 5; ++n) {
            auto change = a_change(fmt::format("d{}", n), "SKU-0003", -1);
            change.again = true;
            CHECK(bench.submit({change}).accepted == 1);
        }
        accept(bench);
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        accept(bench, "second");
        resume.cart = "main";
        bench.agent.must(resume);
        CHECK(!bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        import_orders(bench);
        import_orders(bench, "second");
        REQUIRE(bench.rests());
        CHECK(counts() == before);
        CHECK(bench.cart("main").health == ipc::Health::ok);
        CHECK(bench.cart("second").health == ipc::Health::ok);
        bench.submit("after", "SKU-0002", -3);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before[0] - 3);
        CHECK(second.count("SKU-0002") == before[2] - 3);
    }

    TEST_CASE("a database that was set back while the marker is gone is told by the store") {
        Bench bench;
        // One post waits in the copy, and is sent after the copy was made.
        ipc::stack::Pause pause;
        pause.cart = "main";
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -1);
        ipc::stack::Pause pause_post;
        pause_post.posts = {bench.posts().at(0).post};
        bench.agent.must(pause_post);
        ipc::stack::Resume resume;
        resume.cart = "main";
        bench.agent.must(resume);
        CHECK(bench.agent.stop() == 0);
        const auto copy = bench.agent.folder() / "copy";
        fs::copy(bench.agent.data_dir(), copy, fs::copy_options::recursive);
        bench.agent.start();
        ipc::stack::Resume resume_post;
        resume_post.posts = pause_post.posts;
        bench.agent.must(resume_post);
        for (int n = 0; n < 3; ++n) {
            bench.submit(fmt::format("d{}", n), "SKU-0003", -1);
            REQUIRE(bench.rests());
        }
        CHECK(bench.agent.stop() == 0);
        const auto before = bench.store.count("SKU-0003");
        fs::remove_all(bench.agent.data_dir());
        fs::rename(copy, bench.agent.data_dir());
        fs::remove_all(bench.agent.folder() / "state");
        bench.agent.start();
        REQUIRE(eventually([&] { return bench.cart().health == ipc::Health::stopped; }));
        CHECK(bench.cart().last_error->code == "agent_restored");
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        CHECK(bench.store.count("SKU-0003") == before);
        const auto waiting = bench.store.count("SKU-0002");
        REQUIRE(bench.posts().size() == 1);
        CHECK(bench.posts()[0].parked == true);
        accept(bench);
        import_orders(bench);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == waiting);
        bench.submit("after", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == waiting - 1);
        CHECK(bench.cart().health == ipc::Health::ok);
    }

    TEST_CASE("the data folder of another machine posts nothing until a person says which one lives") {
        Bench bench;
        PracticeStore second{{.products = 3, .floor = PracticeStore::Floor::none}};
        bench.agent.must(cart_for("second", second.url(), second.user(), second.password()));
        bench.submit("c0", "SKU-0002", 1);
        REQUIRE(bench.rests());
        const auto old_id = bench.agent.must(ipc::agent::Hello{"test", 1}).agent;
        CHECK(bench.agent.stop() == 0);
        SqliteFile{bench.agent.data_dir() / "stocktray.db"}.query("UPDATE agent SET machine = 'another one'");
        bench.agent.start();
        for (const auto& cart : bench.agent.must(ipc::agent::Status{}).carts) {
            CHECK(cart.health == ipc::Health::stopped);
            REQUIRE(cart.last_error);
            CHECK(cart.last_error->code == "cloned");
        }
        const auto before = bench.store.count("SKU-0002");
        const auto before_second = second.count("SKU-0002");
        bench.submit("c1", "SKU-0002", -2);
        bench.agent.kill();
        bench.agent.start();
        CHECK(bench.cart().last_error->code == "cloned");
        CHECK(bench.store.count("SKU-0002") == before);
        ipc::carts::AcceptStore accept;
        accept.cart = "main";
        CHECK(outcome(bench.agent, accept) == "conflict");
        for (const char* cart : {"main", "second"}) {
            ipc::carts::Takeover takeover;
            takeover.cart = cart;
            bench.agent.must(takeover);
        }
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).agent != old_id);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 2);
        CHECK(second.count("SKU-0002") == before_second - 2);
        CHECK(bench.cart("second").health == ipc::Health::ok);
    }
}

TEST_SUITE("AgentClock") {
    TEST_CASE("a clock that is set back or forward an hour neither loses nor delays") {
        const fs::path library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        if (!fs::exists(library)) {
            MESSAGE("skipped: faketime is not installed");
            return;
        }
        TempDir dir;
        const auto clock = dir.path() / "clock";
        const auto set_clock = [&](const std::string& offset) {
            std::ofstream{dir.path() / "new"} << offset << "\n";
            fs::rename(dir.path() / "new", clock);
        };
        set_clock("+0");
        AgentProcess::Options options;
        options.environment = {{"LD_PRELOAD", library.string()},
                               {"FAKETIME_TIMESTAMP_FILE", clock.string()},
                               {"FAKETIME_NO_CACHE", "1"},
                               {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
        Bench bench{{.agent = options}};
        const auto before = bench.store.count("SKU-0002");
        const auto now = [&] { return bench.agent.must(ipc::agent::Hello{"test", 1}).server_time; };
        const auto honest = now();
        int changes = 0;
        for (const char* offset : {"-3600", "+3600", "-3600"}) {
            CAPTURE(offset);
            set_clock(offset);
            REQUIRE(eventually([&] { return std::abs(now() - honest) > 3'000'000; }));
            // While it runs, with a store that fails first …
            bench.valve.set(Flow::lose_answer, "invupdate");
            bench.submit(fmt::format("c{}", ++changes), "SKU-0002", -1);
            REQUIRE(eventually([&] { return !bench.posts().empty() && bench.posts()[0].attempts > 0; }));
            bench.valve.set(Flow::open);
            REQUIRE(bench.rests());
            // … and over a restart, with something that waits.
            bench.valve.set(Flow::hang_before);
            bench.submit(fmt::format("c{}", ++changes), "SKU-0002", -1);
            REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
            bench.agent.kill();
            set_clock(offset[0] == '-' ? "-7200" : "+0");
            bench.valve.set(Flow::open);
            bench.agent.start();
            REQUIRE(bench.rests());
            CHECK(bench.cart().oldest_age_ms == 0);
            CHECK(!bench.alert(ipc::AlertKind::late));
            set_clock("+0");
            REQUIRE(eventually([&] { return std::abs(now() - honest) < 3'000'000; }));
        }
        CHECK(bench.store.count("SKU-0002") == before - changes);
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
