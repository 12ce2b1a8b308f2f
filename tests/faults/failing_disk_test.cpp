// Disks that go on failing, and agents that die at each of their writes. Whatever happens, what was acknowledged
// counts once, and what was not acknowledged may be submitted again under the same id.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/agent/bench.h"
#include "tests/faults/disk/failing_disk.h"
#include "tests/faults/order_manager.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

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
