// The command line's story from an empty agent to two equal sides, with the real agent and a store.
#include <doctest/doctest.h>

#include <fstream>

#include "tests/agent/agent_process.h"
#include "tests/agent/ctl/ctl_runner.h"
#include "tests/support/needs.h"
#include "tests/support/practice_store.h"

namespace stocktray::ctl {
namespace {

using testing::holds;
using testing::Said;

struct Story {
    tests::PracticeStore store;
    tests::AgentProcess agent;

    Story() { agent.start(); }

    [[nodiscard]] Said run(std::vector<std::string> arguments) const {
        return testing::run_ctl_at(agent.endpoint(), std::move(arguments));
    }
    // Puts `text` into a file and gives its path back.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        const auto path = agent.folder() / name;
        std::ofstream{path} << text;
        return path.string();
    }
    void add_cart() const {
        const std::string password = file("password", store.password() + "\n");
        FILE* opened = std::fopen(password.c_str(), "r");
        REQUIRE(opened);
        const auto said =
            run({"carts", "add", "main", "--name", "Main Store", "--url", store.url(), "--user", store.user(),
                 "--allow-http", "--password-fd", std::to_string(fileno(opened))});
        std::fclose(opened);
        REQUIRE_MESSAGE(said.code == 0, said.err);
    }
};

}  // namespace

TEST_SUITE("ctl with the real agent") {
    TEST_CASE("a_store_is_defined_tested_and_follows_a_phone_order") {
        if (!tests::has_what_it_needs(tests::PracticeStore::missing())) return;
        Story story;
        CHECK(story.run({"status"}).code == 0);
        story.add_cart();
        const auto tested = story.run({"carts", "test", "main"});
        CHECK_MESSAGE(tested.code == 0, tested.out);

        const auto before = story.store.count("SKU-0001");
        const std::string counts = "sku,qoh\nSKU-0001," + std::to_string(before) + "\n";
        const auto spool = (story.agent.folder() / "spool.db").string();
        CHECK(story.run({"import", story.file("counts.csv", counts), "--counts", "--spool-file", spool}).code == 0);
        CHECK(story.run({"parameters", "set", "SynchQOH=true"}).code == 0);
        CHECK(story.run({"carts", "set", "main", "--synchronize"}).code == 0);

        CHECK(story.run({"submit", "SKU-0001", "-2", "--reason", "phone_order", "--id", "order-1"}).code ==
              0);
        const auto again =
            story.run({"submit", "SKU-0001", "-2", "--reason", "phone_order", "--id", "order-1"});
        CHECK(holds(again.out, "was known already"));
        const auto waited = story.run({"wait", "--confirmed", "--timeout", "60s"});
        CHECK_MESSAGE(waited.code == 0, waited.err);
        CHECK(story.store.count("SKU-0001") == before - 2);

        CHECK(story.run({"status"}).code == 0);
        CHECK(story.run({"stack", "list"}).out == "No posts in the stack.\n");
        CHECK(holds(story.run({"stack", "list", "--state", "confirmed"}).out, "SKU-0001"));
        CHECK(holds(story.run({"qoh", "list", "SKU-0001"}).out, std::to_string(before - 2)));
        CHECK(holds(story.run({"history", "--kind", "change"}).out, "SKU-0001"));
        CHECK(story.run({"watch", "--count", "1"}).code == 0);
        CHECK(story.agent.stop() == 0);
        CHECK(testing::run_ctl({"--endpoint", story.agent.endpoint(), "status"}).code == 3);
    }
}

}  // namespace stocktray::ctl
