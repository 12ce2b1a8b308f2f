// What people are told of counts that the Order Manager has sent, at an agent that does as the test says.
#include "agent/gateway/script/replace_desk.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "agent/clock.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/qoh.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

using namespace stocktray;
using namespace stocktray::gateway;
using namespace std::chrono_literals;

namespace {

class Told {
public:
    void put(std::string_view what, std::vector<Problem> problems) {
        const std::lock_guard lock{mutex_};
        all_[std::string{what}] = problems.empty() ? std::string{} : problems.front().message;
    }
    // Of the last word about it; none: nothing was ever said.
    [[nodiscard]] std::optional<std::string> about(const std::string& what) {
        const std::lock_guard lock{mutex_};
        const auto found = all_.find(what);
        return found == all_.end() ? std::nullopt : std::optional{found->second};
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::string> all_;
};

struct Desk {
    explicit Desk(std::function<ipc::Expected<ipc::jobs::Start::Result>()> start) {
        agent.on<ipc::qoh::Snapshot>([](const auto&) { return ipc::qoh::Snapshot::Result{}; });
        agent.on<ipc::jobs::Start>([start = std::move(start)](const auto&) { return start(); });
    }
    void run() {
        worker = std::jthread{[this](std::stop_token stop) { desk.run(std::move(stop)); }};
    }

    ipc::testing::Scratch scratch;
    ipc::testing::FakeAgent agent{scratch.endpoints()};
    tests::TempDir dir;
    Ledger ledger{Ledger::open(dir.path() / "script.db").value()};
    std::unique_ptr<ipc::Outbox> outbox{
        ipc::Outbox::open({"gateway test", scratch.endpoints().requests, dir.path() / "spool.db"}).value()};
    Told told;
    Surroundings surroundings{*outbox, {}, dir.path(),
                              [this](std::string_view what, std::vector<Problem> problems) { told.put(what, std::move(problems)); }};
    ReplaceDesk desk{surroundings, ledger, {.quiet_for = 10ms, .again_after = 10ms, .told_after = 50ms}};
    std::jthread worker{};
};

}  // namespace

TEST_SUITE("gateway: replace desk") {
    TEST_CASE("that counts were lost is said until counts of that cart are taken over, whatever else is sent") {
        std::atomic<int> started{0};
        Desk bench{[&] {
            ++started;
            return ipc::jobs::Start::Result{1};
        }};
        const auto now = to_ms(agent::Clock::wall_now());
        REQUIRE(bench.ledger.remember("sends", fmt::format("main\t{}\n", now)));
        REQUIRE(bench.ledger.remember("sends to start", "main\tA\n"));
        bench.desk.recover();
        bench.run();
        REQUIRE(tests::wait_until([&] { return started == 1; }));
        REQUIRE(tests::wait_until([&] { return bench.told.about("send-main") == std::string{}; }));
        CHECK(bench.told.about("counts-main").value_or("").find("did not go to the store") != std::string::npos);

        ipc::carts::Cart cart;
        cart.cart = "main";
        cart.name = "Main";
        CHECK(bench.desk.take(cart, *FormFields::parse("update=B~7")).find("B=OK") != std::string::npos);
        CHECK(tests::wait_until([&] { return bench.told.about("counts-main") == std::string{}; }));
    }

    TEST_CASE("a Send that cannot be started for long is told, until it is") {
        std::atomic<bool> is_free{false};
        Desk bench{[&]() -> ipc::Expected<ipc::jobs::Start::Result> {
            if (!is_free) return ipc::fail(ipc::Code::conflict, "Main is not active.");
            return ipc::jobs::Start::Result{1};
        }};
        REQUIRE(bench.ledger.remember("sends to start", "main\tA\n"));
        bench.desk.recover();
        bench.run();
        CHECK(tests::wait_until([&] {
            return bench.told.about("send-main") ==
                   "1 counts that the Order Manager sent for main still wait to go to the store: Main is not active.";
        }));
        is_free = true;
        CHECK(tests::wait_until([&] { return bench.told.about("send-main") == std::string{}; }));
    }
}
