// What stocktrayctl does with a spool, with the real agent.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "ipc/spool/spool.h"
#include "tests/agent/agent_process.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::Said;

struct Shop {
    tests::AgentProcess agent;
    fs::path spool{agent.folder() / "spool" / "spool.db"};

    [[nodiscard]] Said run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--endpoint", agent.endpoint()});
        return agent.is_running() ? testing::run_ctl_there(arguments) : testing::run_ctl(arguments);
    }
    [[nodiscard]] Said submit(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"submit"});
        arguments.insert(arguments.end(), {"--reason", "phone_order", "--spool", "--spool-file", spool.string()});
        return run(arguments);
    }
    [[nodiscard]] Said on_spool(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "spool");
        arguments.insert(arguments.end(), {"--file", spool.string()});
        return run(arguments);
    }
    // What the changes that the agent has taken of a SKU make together.
    [[nodiscard]] std::int64_t moved(const std::string& sku) {
        std::int64_t sum = 0;
        for (const auto& entry : agent.must(ipc::history::List{.sku = sku, .kinds = {{ipc::HistoryKind::change}}}).entries)
            sum += entry.delta.value_or(0);
        return sum;
    }
};

// The file's text bytes at every place where `what` stands become others.
void spoil(const fs::path& file, const std::string& what) {
    std::ifstream in{file, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const auto at = bytes.find(what);
    REQUIRE(at != bytes.npos);
    bytes.replace(at, what.size(), std::string(what.size(), '?'));
    std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

}  // namespace

TEST_SUITE("ctl spool") {
    TEST_CASE("a_change_is_saved_though_the_agent_is_away_and_delivered_when_it_is_back") {
        Shop shop;
        const auto saved = shop.submit({"A-1", "-2", "--id", "order-1"});
        CHECK(saved.code == 0);
        CHECK(holds(saved.out, "SKU A-1 \u22122 is saved on this computer"));
        CHECK(shop.submit({"A-1", "-3", "--id", "order-2"}).code == 0);

        CHECK(shop.on_spool({"deliver"}).code == 3);
        const auto listed = shop.on_spool({"list"});
        CHECK(listed.code == 0);
        CHECK(holds(listed.out, "SKU A-1 \u22122"));
        CHECK(holds(listed.out, "2 on the way to the agent, the oldest for"));
        CHECK(shop.on_spool({"check"}).code == 1);

        shop.agent.start();
        const auto delivered = shop.on_spool({"deliver"});
        CHECK(delivered.code == 0);
        CHECK(delivered.out == "2 entries delivered.\nNothing waits in the spool.\n");
        CHECK(shop.moved("A-1") == -5);
        const auto checked = shop.on_spool({"check"});
        CHECK(checked.code == 0);
        CHECK(holds(checked.out, "as it was saved"));
        CHECK(shop.on_spool({"deliver"}).code == 0);
        CHECK(shop.moved("A-1") == -5);
    }

    TEST_CASE("with_an_agent_there_it_says_so_and_the_same_id_counts_once") {
        Shop shop;
        shop.agent.start();
        for (int i = 0; i < 2; ++i) {
            Said said;
            // Where it takes long to reach the agent, it is saved first.
            CHECK(tests::eventually([&] {
                said = shop.submit({"A-1", "4", "--id", "po-1", "--json"});
                return said.code != 0 || holds(said.out, R"("place": "at_agent")");
            }));
            CHECK(said.code == 0);
            CHECK(holds(said.out, R"("id": "po-1")"));
        }
        CHECK(shop.moved("A-1") == 4);
        const auto conflict = shop.submit({"A-1", "5", "--id", "po-1"});
        CHECK(conflict.code == 5);
        CHECK(holds(conflict.err, "po-1"));
    }

    TEST_CASE("what_the_agent_refuses_waits_for_a_person") {
        Shop shop;
        CHECK(shop.submit({"A-1", "-1", "--origin-cart", "nowhere", "--order", "7"}).code == 0);
        CHECK(shop.submit({"B-1", "-1"}).code == 0);
        shop.agent.start();
        const auto delivered = shop.on_spool({"deliver"});
        CHECK(delivered.code == 2);
        CHECK(holds(delivered.err, "nowhere"));
        CHECK(shop.moved("B-1") == -1);
        CHECK(shop.on_spool({"check"}).code == 2);

        const auto listed = shop.on_spool({"list", "--json"});
        CHECK(holds(listed.out, R"("state": "refused")"));
        CHECK(holds(listed.out, R"("sku": "A-1")"));
        CHECK(holds(listed.out, R"("code": "not_found")"));
        CHECK(holds(listed.out, R"("refused": 1)"));

        CHECK(shop.on_spool({"offer", "1"}).code == 0);
        CHECK(shop.on_spool({"deliver"}).code == 2);
        CHECK(shop.on_spool({"leave", "2", "--reason", "no"}).code == 5);
        CHECK(shop.on_spool({"leave", "1", "--reason", "counted by hand"}).code == 0);
        CHECK(shop.on_spool({"check"}).code == 0);
        CHECK(holds(shop.on_spool({"list", "--state", "delivered"}).out, "counted by hand"));
    }

    TEST_CASE("a_change_that_is_refused_at_once_is_5_with_its_sentence") {
        Shop shop;
        shop.agent.start();
        const auto said = shop.submit({"A-1", "-1", "--origin-cart", "nowhere", "--order", "7"});
        CHECK(said.code == 5);
        CHECK(holds(said.err, "nowhere"));
    }

    TEST_CASE("an_agent_that_will_not_have_it_is_not_said_to_be_away") {
        testing::Ctl ctl;
        ctl.refuse<ipc::agent::Hello>({ipc::Code::unauthorized, "This computer is not allowed any more.", {}});
        const auto spool = ctl.scratch.path() + "/spool.db";
        const std::vector<std::string> line{"--timeout", "120", "submit", "A-1", "-2", "--reason", "phone_order", "--spool", "--spool-file", spool};
        const auto said = ctl.run(line);
        CHECK(said.code == 0);
        CHECK(holds(said.out, "is saved on this computer. The agent does not take it for now: This computer is not allowed any more."));
        CHECK(!holds(said.out, "does not answer"));
    }

    TEST_CASE("an_entry_that_is_not_what_was_saved_is_found_and_the_rest_is_repaired") {
        Shop shop;
        for (const char* sku : {"A-1", "spoiled-sku", "C-1"}) CHECK(shop.submit({sku, "-1"}).code == 0);
        spoil(shop.spool, "spoiled-sku");
        const auto checked = shop.on_spool({"check"});
        CHECK(checked.code == 2);
        CHECK(holds(checked.err, "Entry 2 is not what was submitted."));
        CHECK(holds(checked.err, "stocktrayctl spool repair"));
        const auto repaired = shop.on_spool({"repair"});
        CHECK(repaired.code == 2);
        CHECK(holds(repaired.out, "2 entries could be read"));
        CHECK(holds(repaired.out, "compare the counts"));
        CHECK(holds(shop.on_spool({"repair"}).out, "not damaged"));
        shop.agent.start();
        CHECK(shop.on_spool({"deliver"}).code == 0);
        CHECK(shop.moved("A-1") == -1);
        CHECK(shop.moved("C-1") == -1);
    }

    TEST_CASE("a_file_that_is_no_spool_is_told_and_touched_only_by_repair") {
        Shop shop;
        fs::create_directories(shop.spool.parent_path());
        std::ofstream{shop.spool} << std::string(9'000, 'x');
        for (const char* command : {"list", "check", "deliver"}) {
            const auto said = shop.on_spool({command});
            CHECK(said.code == 2);
            CHECK(holds(said.err, "damaged"));
        }
        CHECK(fs::file_size(shop.spool) == 9'000);
        const auto repaired = shop.on_spool({"repair", "--json"});
        CHECK(repaired.code == 2);
        CHECK(holds(repaired.out, "may be missing"));
        CHECK(shop.submit({"A-1", "-1"}).code == 0);
    }

    TEST_CASE("repair_leaves_alone_what_is_not_damaged") {
        Shop shop;
        CHECK(shop.on_spool({"repair"}).code == 66);
        CHECK(!fs::exists(shop.spool.parent_path()));
        CHECK(shop.submit({"A-1", "-1"}).code == 0);
        spoil(shop.spool, "A-1");
        CHECK(holds(shop.on_spool({"check"}).err, "--file \"" + shop.spool.string() + "\""));
        // The agent's own database is no spool.
        shop.agent.start();
        shop.agent.kill();
        const auto database = shop.agent.data_dir() / "stocktray.db";
        REQUIRE(fs::exists(database));
        const auto said = testing::run_ctl({"spool", "repair", "--file", database.string()});
        CHECK(said.code == 5);
        CHECK(holds(said.err, "no spool"));
        CHECK(fs::exists(database));
    }

    TEST_CASE("a_damaged_spool_that_a_program_uses_is_not_repaired") {
        Shop shop;
        CHECK(shop.submit({"spoiled-sku", "-1"}).code == 0);
        spoil(shop.spool, "spoiled-sku");
        const auto used = ipc::Spool::open(shop.spool, "another");
        REQUIRE(used);
        const auto said = shop.on_spool({"repair"});
        CHECK(said.code == 5);
        CHECK(holds(said.err, "in use"));
    }

    TEST_CASE("a_spool_that_is_not_there_is_66_and_a_source_of_ones_own_does_not_go_with_it") {
        Shop shop;
        for (const char* command : {"list", "check", "deliver"}) CHECK(shop.on_spool({command}).code == 66);
        CHECK(!fs::exists(shop.spool));
        CHECK(shop.submit({"A-1", "-1", "--source", "mine"}).code == 64);
    }
}

}  // namespace stocktray::ctl
