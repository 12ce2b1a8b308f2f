// Disks that go on failing, and agents that die at each of their writes. Whatever happens, what was acknowledged
// counts once, and what was not acknowledged may be submitted again under the same id.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/agent/bench.h"
#include "tests/faults/disk/failing_disk.h"
#include "tests/faults/order_manager.h"
#include "tests/support/free_port.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

// More alerts than SQLite keeps in memory: whoever has looked through them has thrown out all else.
void fill_the_cache(AgentProcess& agent) {
    CHECK(agent.stop() == 0);
    {
        SqliteFile database{agent.data_dir() / "stocktray.db"};
        database.query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                       " INSERT INTO alerts (kind, severity, sku, since, message, hint) SELECT 'needs_decision', 'info', 'X-' || i,"
                       " 1700000000000, printf('%.300c', 'm'), '' FROM n");
    }
    agent.start();
}

}  // namespace

TEST_SUITE("Disk") {
    TEST_CASE("a disk that fails from some write on is named, and the agent goes on when it is well again") {
        FailingDisk disk;
        Bench bench{{.agent = disk.options()}};
        auto expected = bench.store.count("SKU-0002");
        for (int n = 1;; n += 2) {
            CAPTURE(n);
            Listener listener{bench.agent, {"alert"}};
            disk.fail_at(n, DiskFault::from_then_on);
            const auto change = a_change(fmt::format("c{}", n), "SKU-0002", -1);
            const auto first = outcome(bench.agent, a_submit({change}));
            CHECK((first == "answered" || first == "storage"));
            const bool has_struck =
                eventually(
                    [&] { return disk.has_struck() || bench.cart().queued + bench.cart().sending == 0; }) &&
                disk.has_struck();
            if (has_struck) {
                // Reading goes on, changing is refused in words, and the alert stands as long as the disk
                // fails.
                ipc::parameters::Set set;
                set.parameters["SlowSeconds"] = std::int64_t{n + 1};
                CHECK(outcome(bench.agent, set) == "storage");
                REQUIRE(listener.wait_for<ipc::events::AlertRaised>(
                    [](const auto& event) { return event.kind == ipc::AlertKind::disk; }));
                const auto begun = std::chrono::steady_clock::now();
                const auto lines = std::ranges::count(bench.agent.process().errors(), '\n');
                for (int round = 0; round < 20; ++round) {
                    CHECK(outcome(bench.agent, ipc::agent::Status{}) == "answered");
                    CHECK(outcome(bench.agent, ipc::stack::List{}) == "answered");
                    const auto alert = bench.alert(ipc::AlertKind::disk);
                    REQUIRE(alert);
                    CHECK(alert->severity == ipc::Severity::critical);
                }
                // Known already, or not acknowledged.
                const auto again = outcome(bench.agent, a_submit({change}));
                CHECK((again == "storage" || first == "answered"));
                // It tries again once a second, not as fast as it can.
                const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
                CHECK(std::ranges::count(bench.agent.process().errors(), '\n') - lines < 10 + took.count());
                listener.listen();
                CHECK(listener.all<ipc::events::AlertCleared>().empty());
            }
            disk.heal();
            (void)submit_until_acknowledged(bench.agent, change);
            --expected;
            REQUIRE(bench.rests());
            CHECK(bench.book("SKU-0002") == expected);
            CHECK(bench.store.count("SKU-0002") == expected);
            CHECK(!bench.alert(ipc::AlertKind::disk));
            if (!has_struck) break;
            CHECK(listener.wait_for<ipc::events::AlertCleared>(
                [](const auto& event) { return event.kind == ipc::AlertKind::disk; }));
        }
    }

    TEST_CASE("a read that fails costs an answer or an event, never the agent") {
        FailingDisk disk{bit_of(DiskCall::read)};
        Bench bench{{.agent = disk.options()}};
        fill_the_cache(bench.agent);
        auto expected = bench.store.count("SKU-0002");
        int struck = 0;
        for (int n = 1; n < 200; ++n) {
            CAPTURE(n);
            (void)bench.agent.must(ipc::alerts::List{});
            disk.fail_at(n, DiskFault::once);
            (void)submit_until_acknowledged(bench.agent, a_change(fmt::format("c{}", n), "SKU-0002", -1));
            --expected;
            REQUIRE(bench.rests());
            REQUIRE_MESSAGE(bench.agent.is_running(), bench.agent.state());
            CHECK(bench.store.count("SKU-0002") == expected);
            const bool has_struck = disk.has_struck();
            disk.heal();
            if (!has_struck) break;
            ++struck;
        }
        CHECK(struck > 3);
        CHECK(bench.book("SKU-0002") == expected);
        CHECK(bench.agent.stop() == 0);
    }

    TEST_CASE("a job's end is told, whatever could not be read meanwhile") {
        FailingDisk disk{bit_of(DiskCall::read)};
        Bench bench{{.agent = disk.options()}};
        fill_the_cache(bench.agent);
        int struck = 0;
        for (int n = 1; n < 100; n += 8) {
            CAPTURE(n);
            Listener listener{bench.agent, {"job"}};
            (void)bench.agent.must(ipc::alerts::List{});
            disk.fail_at(n, DiskFault::once);
            std::int64_t job = 0;
            REQUIRE(eventually([&] {
                ipc::jobs::Start start;
                start.cart = "main";
                start.kind = ipc::JobKind::audit;
                const auto started = bench.agent.call(start);
                if (started) job = started->job;
                return started.has_value();
            }));
            CHECK(listener.wait_for<ipc::events::JobFinished>([&](const auto& event) { return event.job == job; }));
            const bool has_struck = disk.has_struck();
            disk.heal();
            if (!has_struck) break;
            ++struck;
        }
        CHECK(struck > 3);
        CHECK(bench.agent.stop() == 0);
    }

    TEST_CASE("a password whose cart could not be changed is the one of before again") {
        FailingDisk disk{every_call};
        Bench bench{{.agent = disk.options()}};
        const auto passwords = [&] {
            std::ifstream file{bench.agent.data_dir() / "passwords.json"};
            return std::string{std::istreambuf_iterator<char>{file}, {}};
        };
        const auto before = passwords();
        int refused = 0;
        for (int n = 1; n < 60; ++n) {
            CAPTURE(n);
            ipc::carts::Update update;
            update.cart = "main";
            update.name = fmt::format("Main {}", n);
            update.password = ipc::Secret{fmt::format("new {}", n)};
            disk.fail_at(n, DiskFault::once);
            const bool is_done = outcome(bench.agent, update) == "answered";
            const bool has_struck = disk.has_struck();
            disk.heal();
            const bool is_new = passwords().find(fmt::format("new {}", n)) != std::string::npos;
            CHECK(is_new == is_done);
            if (!is_done) {
                ++refused;
                CHECK(passwords() == before);
            }
            if (!has_struck) break;
            update.password = ipc::Secret{bench.store.password()};
            bench.agent.must(update);
            REQUIRE(passwords() == before);
        }
        CHECK(refused > 3);
    }

    TEST_CASE("a new key that could not be noted down is taken back") {
        FailingDisk disk{every_call};
        AgentProcess agent{disk.options()};
        agent.start();
        set_parameter(agent, "LanAddress", fmt::format("127.0.0.1:{}", free_port()));
        std::set<DiskCall> refused_by;
        for (int n = 1; n < 60; ++n) {
            CAPTURE(n);
            const auto before = agent.must(ipc::keys::List{}).agent_key;
            disk.fail_at(n, DiskFault::once);
            const auto done = outcome(agent, ipc::keys::Rotate{.at_once = true});
            const bool has_struck = disk.has_struck();
            disk.heal();
            const auto after = agent.must(ipc::keys::List{}).agent_key;
            if (done == "answered") CHECK(after != before);
            else CHECK(after == before);
            if (done == "storage") refused_by.insert(disk.struck());
            if (!has_struck) break;
            // What is refused is on the disk no more than in memory.
            CHECK(agent.stop() == 0);
            agent.start();
            CHECK(agent.must(ipc::keys::List{}).agent_key == after);
        }
        CHECK(refused_by.contains(DiskCall::sync));
        CHECK(refused_by.size() > 2);
    }

    TEST_CASE("a cart is tested once for each wish, also in a turn that fails") {
        FailingDisk disk;
        Bench bench{{.agent = disk.options()}};
        const auto test = [] {
            ipc::carts::Test wish;
            wish.cart = "main";
            return wish;
        }();
        const int before = bench.valve.seen("sendversion");
        REQUIRE(bench.agent.must(test).ok);
        const int each = bench.valve.seen("sendversion") - before;
        disk.fail_at(1, DiskFault::from_then_on);
        constexpr int wishes = 20;
        for (int n = 0; n < wishes; ++n) {
            auto client = bench.agent.client();
            // Together, so that both are in the turn that fails.
            const auto change = client.send(a_submit({a_change(fmt::format("c{}", n), "SKU-0002", -1)}));
            const auto asked = client.send(test);
            REQUIRE((change && asked));
            std::optional<ipc::Expected<ipc::carts::TestResult>> tested;
            REQUIRE(eventually([&] {
                client.poll(100ms);
                if (auto answer = client.take(*change)) CHECK(!*answer);
                return (tested = client.take(*asked)).has_value();
            }));
            CHECK(tested->has_value());
        }
        disk.heal();
        CHECK(bench.valve.seen("sendversion") - before == each * (wishes + 1));
    }

    TEST_CASE("an agent that dies at any of its writes neither loses nor doubles a change") {
        FailingDisk disk;
        Bench bench{{.agent = disk.options()}};
        auto expected = bench.store.count("SKU-0002");
        int deaths = 0;
        for (int n = 1;; ++n) {
            CAPTURE(n);
            disk.fail_at(n, DiskFault::killed);
            const auto change = a_change(fmt::format("c{}", n), "SKU-0002", -1);
            auto client = bench.agent.client();
            (void)client.call(a_submit({change}), 2s);
            const bool has_died =
                eventually([&] {
                    if (!bench.agent.is_running()) return true;
                    const auto status = client.call(ipc::agent::Status{}, 2s);
                    return status &&
                           status->stack.queued + status->stack.sending + status->stack.uncertain == 0;
                }) &&
                (!bench.agent.is_running() || disk.has_struck());
            disk.heal();
            if (has_died) {
                ++deaths;
                bench.agent.kill();
                bench.agent.start();
            }
            (void)submit_until_acknowledged(bench.agent, change);
            --expected;
            REQUIRE(bench.rests());
            CHECK(bench.book("SKU-0002") == expected);
            CHECK(bench.store.count("SKU-0002") == expected);
            if (!has_died) break;
        }
        MESSAGE(fmt::format("{} deaths", deaths));
        CHECK(deaths > 5);
    }

    TEST_CASE("an agent that dies at any write of its start starts the next time") {
        FailingDisk disk;
        Bench bench{{.agent = disk.options()}};
        const auto expected = bench.store.count("SKU-0002") - 1;
        bench.valve.set(Flow::hang_after, "invupdate");
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        bench.agent.kill();
        bench.valve.set(Flow::hang_before);
        int deaths = 0;
        for (int n = 1; n < 100; ++n) {
            disk.fail_at(n, DiskFault::killed);
            bench.agent.start_without_waiting();
            const bool has_died =
                eventually([&] {
                    return !bench.agent.is_running() ||
                           bench.agent.client(1s).call(ipc::agent::Hello{"test", 1}, 500ms).has_value();
                }) &&
                !bench.agent.is_running();
            disk.heal();
            bench.agent.kill();
            if (!has_died) break;
            ++deaths;
        }
        CHECK(deaths > 0);
        bench.valve.set(Flow::open);
        bench.agent.start();
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == expected);
    }
}
