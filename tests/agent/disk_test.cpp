// Disks that are full, that fail, and agents that die at each of their writes. Whatever happens, what was
// acknowledged counts once, and what was not acknowledged may be submitted again under the same id.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include <algorithm>
#include <fstream>

#include "tests/agent/bench.h"
#include "tests/agent/disk.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

// As an Order Manager does: no acknowledgement means the same id again.
void submit_until_acknowledged(Bench& bench, const ipc::qoh::Change& change, bool& was_storage) {
    REQUIRE(eventually([&] {
        if (!bench.agent.is_running()) bench.agent.start();
        const auto result = bench.agent.call(a_submit({change}), 5s);
        if (result) {
            CHECK(result->accepted + result->duplicates == 1);
            return true;
        }
        if (result.error().code == ipc::Code::storage) was_storage = true;
        return false;
    }));
}

}  // namespace

TEST_SUITE("Disk") {
    TEST_CASE("a write or a sync that fails once, whichever it is, costs nothing and counts nothing twice") {
        FailingDisk disk;
        Bench bench{{.agent = disk.options()}};
        auto expected = bench.store.count("SKU-0002");
        int struck = 0;
        int told = 0;
        for (int n = 1;; ++n) {
            CAPTURE(n);
            disk.fail_at(n, DiskFault::once);
            bool was_storage = false;
            submit_until_acknowledged(bench, a_change(fmt::format("c{}", n), "SKU-0002", -1), was_storage);
            --expected;
            REQUIRE(bench.rests());
            CHECK(bench.book("SKU-0002") == expected);
            CHECK(bench.store.count("SKU-0002") == expected);
            told += was_storage ? 1 : 0;
            if (!disk.has_struck()) break;
            ++struck;
        }
        disk.heal();
        MESSAGE(fmt::format("{} writes failed, {} of them before the acknowledgement", struck, told));
        CHECK(struck > 5);
        CHECK(told > 0);
        CHECK(!bench.alert(ipc::AlertKind::disk));
        CHECK(bench.agent.stop() == 0);
    }

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
                // It tries again now and then, not as fast as it can.
                CHECK(std::ranges::count(bench.agent.process().errors(), '\n') - lines < 20);
                listener.listen();
                CHECK(listener.all<ipc::events::AlertCleared>().empty());
            }
            disk.heal();
            bool was_storage = false;
            submit_until_acknowledged(bench, change, was_storage);
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
            bool was_storage = false;
            submit_until_acknowledged(bench, change, was_storage);
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
                           bench.agent.client().call(ipc::agent::Hello{"test", 1}, 500ms).has_value();
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

    TEST_CASE("a full disk is named, nothing is acknowledged, and the agent goes on when there is room") {
        AgentProcess agent;
        fs::create_directories(agent.data_dir());
        if (::mount("tmpfs", agent.data_dir().c_str(), "tmpfs", 0, "size=3m,mode=0700") != 0) {
            MESSAGE("skipped: nothing can be mounted here");
            return;
        }
        struct Unmount {
            fs::path path;
            ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
        } const unmount{agent.data_dir()};
        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        agent.start();
        set_parameter(agent, "SynchQOH", true);
        take_counts(agent, store, 3);
        agent.must(cart_for("main", store.url(), store.user(), store.password()));
        const auto rests = [&] {
            const auto stack = agent.must(ipc::agent::Status{}).stack;
            return stack.queued + stack.sending + stack.uncertain == 0;
        };
        agent.must(a_submit({a_change("c0", "SKU-0002", -1)}));
        REQUIRE(eventually(rests));
        auto expected = store.count("SKU-0002");

        const auto filler = agent.data_dir() / "filler";
        {
            std::ofstream out{filler, std::ios::binary};
            const std::string block(4'096, 'f');
            while (out.write(block.data(), static_cast<std::streamsize>(block.size())) && out.flush()) {
            }
        }
        int accepted = 0;
        std::string last;
        for (int n = 1; n < 2'000 && last != "storage"; ++n) {
            last = outcome(agent, a_submit({a_change(fmt::format("c{}", n), "SKU-0002", -1)}));
            if (last == "answered") ++accepted;
        }
        REQUIRE(last == "storage");
        const auto alerts = agent.must(ipc::alerts::List{}).alerts;
        REQUIRE(!alerts.empty());
        CHECK(alerts[0].kind == ipc::AlertKind::disk);
        CHECK(alerts[0].message.find("full") != std::string::npos);
        CHECK(outcome(agent, ipc::agent::Status{}) == "answered");
        CHECK(outcome(agent, ipc::qoh::List{}) == "answered");
        // A cart is made with its password or not at all.
        auto cart = cart_for("other", store.url(), store.user(), store.password());
        CHECK(outcome(agent, cart) == "storage");
        CHECK(outcome(agent, ipc::agent::Diagnostics{}) == "storage");

        fs::remove(filler);
        for (int n = 1; n <= accepted + 1; ++n) {
            const auto result = agent.must(a_submit({a_change(fmt::format("c{}", n), "SKU-0002", -1)}));
            CHECK(result.accepted + result.duplicates == 1);
            if (n <= accepted) CHECK(result.duplicates == 1);
            --expected;
        }
        REQUIRE(eventually(rests));
        CHECK(store.count("SKU-0002") == expected);
        for (const auto& alert : agent.must(ipc::alerts::List{}).alerts)
            CHECK(alert.kind != ipc::AlertKind::disk);
        CHECK(agent.must(ipc::carts::List{}).carts.size() == 1);
        CHECK(outcome(agent, cart) == "answered");
        CHECK(agent.stop() == 0);
    }
}
