// A real disk that fills up while changes come, and has room again. The spool's full disk: tests/ipc/spool/faults_test.cpp.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "tests/agent/bench.h"
#include "tests/support/needs.h"
#include "tests/support/small_disk.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace fs = std::filesystem;

namespace {

ipc::qoh::Submit change_number(int n) { return a_submit({a_change(fmt::format("c{}", n), "SKU-0002", -1)}); }

}  // namespace

TEST_SUITE("Full disk") {
    TEST_CASE("a disk that fills up while changes come is named, nothing is acknowledged that is not kept, and it goes on when there is room") {
        const SmallDisk disk{"3m"};
        if (!has_the_rights(disk.missing())) return;
        AgentProcess agent;
        fs::create_directory_symlink(disk.path(), agent.data_dir());
        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        agent.start();
        set_parameter(agent, "SynchQOH", true);
        take_counts(agent, store, 3);
        agent.must(cart_for("main", store.url(), store.user(), store.password()));
        const auto rests = [&] {
            const auto stack = agent.must(ipc::agent::Status{}).stack;
            return stack.queued + stack.sending + stack.uncertain == 0;
        };
        auto expected = store.count("SKU-0002");

        for (int round = 0; round < 3; ++round) {
            CAPTURE(round);
            const int first = round * 10'000;
            // It fills up under the agent, which works.
            int accepted = 0;
            std::string last = "answered";
            for (int n = 0; n < 5'000 && last == "answered"; ++n) {
                disk.fill_some();
                last = outcome(agent, change_number(first + n));
                if (last == "answered") ++accepted;
            }
            REQUIRE(last == "storage");
            CHECK(complaint(agent, change_number(first + accepted)).find("full") != std::string::npos);
            CHECK(complaint(agent, change_number(first + accepted)).find("send it again") != std::string::npos);
            const auto alerts = agent.must(ipc::alerts::List{}).alerts;
            REQUIRE(!alerts.empty());
            CHECK(alerts[0].kind == ipc::AlertKind::disk);
            CHECK(alerts[0].message.find("full") != std::string::npos);
            CHECK(outcome(agent, ipc::agent::Status{}) == "answered");
            CHECK(outcome(agent, ipc::qoh::List{}) == "answered");
            // A cart is made with its password or not at all.
            const auto cart = cart_for(fmt::format("other-{}", round), store.url(), store.user(), store.password());
            disk.fill();
            CHECK(outcome(agent, cart) == "storage");
            CHECK(outcome(agent, ipc::agent::Diagnostics{}) == "storage");
            // A full disk ends nothing, and starts nothing that would lose something.
            if (round == 1) {
                agent.kill();
                agent.start_without_waiting();
                REQUIRE(agent.answers_or_ends());
                if (!agent.is_running()) {
                    CHECK(agent.process().wait(std::chrono::milliseconds{0}) == 74);
                    CHECK(agent.process().errors().find("full") != std::string::npos);
                }
            }

            disk.make_room();
            if (!agent.is_running()) agent.start();
            REQUIRE(eventually([&] { return outcome(agent, change_number(first + accepted)) == "answered"; }));
            for (int n = 0; n <= accepted; ++n) {
                const auto result = agent.must(change_number(first + n));
                CHECK(result.duplicates == 1);
                --expected;
            }
            REQUIRE(eventually(rests));
            CHECK(store.count("SKU-0002") == expected);
            for (const auto& alert : agent.must(ipc::alerts::List{}).alerts) CHECK(alert.kind != ipc::AlertKind::disk);
            CHECK(agent.must(ipc::carts::List{}).carts.size() == 1);
        }
        CHECK(outcome(agent, cart_for("other", store.url(), store.user(), store.password())) == "answered");
        CHECK(agent.stop() == 0);
    }
}
