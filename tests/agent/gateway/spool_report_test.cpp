#include "agent/gateway/spool_report.h"

#include <fstream>
#include <thread>

#include "agent/gateway/gateway.h"
#include "tests/ipc/spool/outbox_shop.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::gateway;
using ipc::testing::Agent;
using ipc::testing::Shop;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::wait_until;

namespace {

namespace fs = std::filesystem;

ipc::qoh::Change a_change(const std::string& id, const std::string& sku = "A-1") {
    ipc::qoh::Change change;
    change.id = id;
    change.sku = sku;
    change.delta = -1;
    return change;
}

// A gateway with one door, a folder, at the shop's spool.
struct AGateway : Shop {
    Place place{dir.path(), endpoint, "1.0"};
    Configuration configuration = [this] {
        fs::create_directory(dir.path() / "in");
        std::ofstream{dir.path() / "gateway.toml"} << "[[folder]]\npath = \"" << (dir.path() / "in").string() << "\"\n";
        return read_gateway_file(dir.path() / "gateway.toml", door_kinds()).value();
    }();

    // As a power cut leaves it.
    void damage() {
        {
            auto opened = ipc::Spool::open(spool, "test").value();
            REQUIRE(opened.append(std::vector{a_change("1")}, 1));
        }
        fs::remove(spool.string() + "-wal");
        std::fstream file{spool, std::ios::in | std::ios::out | std::ios::binary};
        file << std::string(2'000, 'x');
    }
    [[nodiscard]] std::vector<fs::path> set_aside() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{dir.path()})
            if (entry.path().string().starts_with(spool.string() + ".damaged-")) found.push_back(entry.path());
        return found;
    }
    // All that this agent was told for people.
    std::mutex mutex;
    std::string heard;
    void hear(Agent& agent) {
        agent.fake.on<ipc::alerts::Tell>([this](const ipc::alerts::Tell& tell) -> ipc::Expected<ipc::Nothing> {
            const std::lock_guard lock{mutex};
            for (const auto& told : tell.alerts) heard += told.message + " " + told.hint + "\n";
            return ipc::Nothing{};
        });
    }
    // Runs the gateway until it has told that.
    [[nodiscard]] bool tells(std::string_view words) {
        bool is_told = false;
        const auto until = std::chrono::steady_clock::now() + seconds{60};
        const auto ended = keep_open(configuration, place, [] {}, [&] {
            std::this_thread::sleep_for(milliseconds{10});
            const std::lock_guard lock{mutex};
            is_told = heard.find(words) != std::string::npos;
            return is_told || std::chrono::steady_clock::now() > until;
        });
        CHECK(ended);
        heard.clear();
        return is_told;
    }
    [[nodiscard]] std::string tested() {
        const auto examined = examine(configuration, place);
        if (!examined) return examined.error().message;
        std::string text;
        for (const auto& [door, findings] : *examined)
            for (const auto& finding : findings) text += (finding.is_good ? "ok " : "NOT ") + finding.text + "\n" + finding.hint + "\n";
        return text;
    }
};

}  // namespace

TEST_SUITE("gateway: its spool") {
    TEST_CASE("a spool that was damaged is told to people until one of them takes the damaged file away, over restarts too") {
        AGateway gateway;
        gateway.damage();
        Agent agent{gateway.endpoint, gateway.memory};
        gateway.hear(agent);
        CHECK(gateway.tells("may be missing"));
        CHECK(gateway.tells("may be missing"));
        REQUIRE(!gateway.set_aside().empty());
        CHECK(gateway.tested().find("NOT Changes of the Order Manager may be missing") != std::string::npos);
        for (const auto& file : gateway.set_aside()) fs::remove(file);
        CHECK(gateway.tested().find("may be missing") == std::string::npos);
    }

    TEST_CASE("the test of the set-up tells of a damaged spool and mends nothing") {
        AGateway gateway;
        gateway.damage();
        const Agent agent{gateway.endpoint, gateway.memory};
        CHECK(gateway.tested().find("is damaged") != std::string::npos);
        CHECK(gateway.set_aside().empty());
    }

    TEST_CASE("the test of the set-up says what became of what waited") {
        AGateway gateway;
        {
            auto opened = ipc::Spool::open(gateway.spool, "test").value();
            REQUIRE(opened.append(std::vector{a_change("1", "bad")}, 1));
        }
        const Agent agent{gateway.endpoint, gateway.memory};
        const auto text = gateway.tested();
        CHECK(text.find("NOT Changes of the Order Manager do not reach any store: the agent has refused 1,") != std::string::npos);
    }

    TEST_CASE("an agent that refuses all changes is a problem as long as it does") {
        AGateway gateway;
        const Agent agent{gateway.endpoint, gateway.memory};
        auto outbox = gateway.outbox();
        SpoolReport report{*outbox, gateway.spool, seconds{3'600}};
        const auto told = [&] {
            (void)report.news();
            return report.problems(SpoolReport::Clock::now());
        };
        CHECK(told().empty());
        gateway.memory.set(&ipc::testing::Memory::has_too_low_a_role, true);
        (void)ipc::testing::submitted(*outbox, a_change("1"), milliseconds{0});
        REQUIRE(wait_until([&] { return told().size() == 1; }));
        CHECK(told().front().message == "What the Order Manager changes cannot be brought to the agent: This computer is an operator.");
        CHECK(gateway.tested().find("NOT What the Order Manager changes cannot be brought") != std::string::npos);
        gateway.memory.set(&ipc::testing::Memory::has_too_low_a_role, false);
        CHECK(wait_until([&] { return told().empty(); }));
    }

    TEST_CASE("a disk that takes no note of what is offered is a problem once it has lasted") {
        AGateway gateway;
        const Agent agent{gateway.endpoint, gateway.memory};
        auto outbox = gateway.outbox();
        SpoolReport report{*outbox, gateway.spool, seconds{60}};
        tests::SqliteFile file{gateway.spool};
        file.query("CREATE TRIGGER full BEFORE UPDATE ON entries BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
        (void)ipc::testing::submitted(*outbox, a_change("1"), milliseconds{0});
        CHECK(wait_until([&] { return outbox->trouble().has_value(); }));
        const auto now = SpoolReport::Clock::now();
        const auto told_at = [&](seconds later) {
            (void)report.news();
            return report.problems(now + later);
        };
        CHECK(told_at(seconds{0}).empty());
        CHECK(told_at(seconds{59}).empty());
        REQUIRE(told_at(seconds{61}).size() == 1);
        CHECK(told_at(seconds{61}).front().message.find("database or disk is full") != std::string::npos);
        file.query("DROP TRIGGER full");
        CHECK(wait_until([&] { return told_at(seconds{61}).empty(); }));
    }
}
