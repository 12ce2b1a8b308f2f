// The examples, compiled and run against a real agent, which keeps a shop.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "tests/agent/agent_process.h"
#include "tests/ipc/c_api/header.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/xcart_rest_server.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;

const fs::path examples = fs::path{STOCKTRAY_SOURCE_DIR} / "ipc/examples";
const fs::path library_dir = fs::path{STOCKTRAY_SHARED_LIBRARY}.parent_path();

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// An example that can be run: `words` begin its command line.
struct Example {
    std::string language;
    std::vector<std::string> words;
    std::string missing{};  // why it cannot be run here
};

Example compiled(const TempDir& dir, const std::string& language, const std::vector<std::string>& compiler, const fs::path& source) {
    const auto program = (dir.path() / language).string();
    const auto built = run({compiler + std::vector<std::string>{"-Wall", "-Wextra", "-pedantic", "-Werror",
                                                                "-I" STOCKTRAY_SOURCE_DIR "/ipc/c_api", source.string(), "-o",
                                                                program, "-L" + library_dir.string(), "-lstocktray"},
                            {},
                            {}},
                           minutes{2});
    REQUIRE_MESSAGE(built.exit_code == 0, built.errors);
    return {language, {program}};
}

Example node() {
    Example example{"node", {"node", (examples / "node/order_manager.js").string()}};
    const auto modules = run({{"node", "-e", "require('zeromq'); require('@msgpack/msgpack')"}, {}, examples / "node"});
    if (modules.exit_code != 0)
        example.missing = "SKIPPED: the example for Node was not run, because its modules zeromq and @msgpack/msgpack are not "
                          "here. Name the folder that has them in NODE_PATH, or run: npm install --prefix ipc/examples/node";
    return example;
}

bool has_node() { return run({{"sh", "-c", "command -v node"}, {}, {}}).exit_code == 0; }

struct Examples {
    TempDir dir{};
    std::vector<Example> all{compiled(dir, "c", {"cc", "-std=c99"}, examples / "c/order_manager.c"),
                             compiled(dir, "cpp", {"c++", "-std=c++17"}, examples / "cpp/order_manager.cpp"),
                             {"python", {"/usr/bin/python3", "-B", (examples / "python/order_manager.py").string()}}};
};

struct Shop {
    AgentProcess agent{};

    [[nodiscard]] Finished run_example(const Example& example, const std::vector<std::string>& arguments) const {
        return run({example.words + arguments,
                    {{"STOCKTRAY_ENDPOINT", agent.endpoint()},
                     {"STOCKTRAY_SPOOL", (agent.folder() / "spool.db").string()},
                     {"STOCKTRAY_LIBRARY", STOCKTRAY_SHARED_LIBRARY},
                     {"LD_LIBRARY_PATH", library_dir.string()}},
                    agent.folder()});
    }
    [[nodiscard]] std::int64_t moved(const std::string& sku) {
        std::int64_t sum = 0;
        for (const auto& entry : agent.must(ipc::history::List{.sku = sku, .kinds = {{ipc::HistoryKind::change}}}).entries)
            sum += entry.delta.value_or(0);
        return sum;
    }
};

// A cart whose store has two pieces more of A than the Order Manager, and a product that it does not know.
struct Store {
    XcartRestStore shop{XcartRestStore::Generation::platform};
    XcartRestServer server{shop};

    explicit Store(AgentProcess& agent) {
        shop.products = {{1, "A", 10}, {2, "B", 20}};
        set_parameter(agent, "SynchQOH", true);
        agent.must(ipc::qoh::Snapshot{
            .source = "om", .snapshot = "first", .part = 1, .last = true, .items = {{.sku = "A", .qoh = 8}, {.sku = "B", .qoh = 20}}});
        auto cart = cart_for("main", server.url(), "", shop.write_key);
        cart.kind = ipc::CartKind::xcart_rest;
        agent.must(cart);
        agent.must(ipc::orders::Imported{.cart = "main", .at = 1'800'000'000'000, .last_order = "0", .count = 0, .orders = {{}}});
    }
};

void get_qoh(AgentProcess& agent) {
    ipc::jobs::Start start;
    start.kind = ipc::JobKind::get_qoh;
    start.cart = "main";
    start.options.allow_pending = true;
    const auto job = agent.must(start).job;
    CHECK(eventually([&] { return agent.must(ipc::jobs::Get{.job = job}).state == ipc::JobState::done; }));
}

}  // namespace

TEST_SUITE("examples") {
    TEST_CASE("C, C++ and Python save a change without an agent, and it arrives once and in order") {
        Shop shop;
        const Examples examples;
        int number = 0;
        for (const auto& example : examples.all) {
            CAPTURE(example.language);
            ++number;
            const auto said = shop.run_example(example, {"A", "-2", "phone_order", "order-" + std::to_string(number)});
            CHECK_MESSAGE(said.exit_code == 0, said.errors);
            CHECK(said.output == "saved, on this computer\n" + std::to_string(number) + " on the way, 0 refused\n");
        }
        shop.agent.start();
        for (const auto& example : examples.all) {
            CAPTURE(example.language);
            // The same ids again, as after a crash of the Order Manager; and again where the agent needs longer than the
            // example waits for it.
            Finished said;
            CHECK(eventually([&] {
                said = shop.run_example(example, {"A", "-2", "phone_order", "order-" + std::to_string(number)});
                return said.exit_code != 0 || said.output.starts_with("saved, at the agent\n");
            }));
            --number;
            CHECK_MESSAGE(said.exit_code == 0, said.errors);
            CHECK(said.output == "saved, at the agent\n0 on the way, 0 refused\n");
        }
        CHECK(shop.moved("A") == -6);
        for (const auto& entry : fs::recursive_directory_iterator{::stocktray::tests::examples})
            CHECK_MESSAGE(entry.path().extension() != ".pyc", "compiled, and not a source: ", entry.path().string());
        for (const auto& example : examples.all) {
            CAPTURE(example.language);
            const auto said = shop.run_example(example, {"A", "-2", "because"});
            CHECK(said.exit_code == 1);
            CHECK(said.errors.find("because") != std::string::npos);
        }
    }

    TEST_CASE("each takes over what Get QOH found, and it comes once") {
        Shop shop;
        shop.agent.start();
        Store store{shop.agent};
        Examples examples;
        if (has_node()) examples.all.push_back(node());
        std::int64_t more = 2;
        for (const auto& example : examples.all) {
            CAPTURE(example.language);
            if (!example.missing.empty()) {
                MESSAGE(example.missing);
                continue;
            }
            get_qoh(shop.agent);
            const auto said = shop.run_example(example, {"Z", "1", "return"});
            CHECK_MESSAGE(said.exit_code == 0, said.errors);
            CHECK(said.output.find("A: add " + std::to_string(more) + "\n") != std::string::npos);
            CHECK(shop.run_example(example, {"Z", "1", "return"}).output.find("A: add") == std::string::npos);
            more = 3;
            store.shop.between([&] { store.shop.products.front().amount += more; });
        }
    }

    TEST_CASE("Node, from the protocol's page alone: a change is taken, again it does nothing, without an agent it says so") {
        if (!has_node()) {
            MESSAGE("SKIPPED: there is no node here.");
            return;
        }
        const auto example = node();
        if (!example.missing.empty()) {
            MESSAGE(example.missing);
            return;
        }
        Shop shop;
        const auto away = shop.run_example(example, {"A", "-2", "phone_order", "order-1"});
        CHECK(away.exit_code == 3);
        CHECK(away.errors.find("send order-1 again, with the same id") != std::string::npos);
        shop.agent.start();
        // It waits five seconds for the answer, and on a busy machine that may be too short: then it is sent again, as it says.
        const auto answered = [&](const std::vector<std::string>& words) {
            auto said = shop.run_example(example, words);
            for (int tries = 1; said.exit_code == 3 && tries < 10; ++tries) said = shop.run_example(example, words);
            return said;
        };
        for (int i = 0; i < 2; ++i) {
            const auto said = answered({"A", "-2", "phone_order", "order-1"});
            CHECK_MESSAGE(said.exit_code == 0, said.errors);
            CHECK(said.output == "saved, at the agent\n");
        }
        CHECK(shop.moved("A") == -2);
        const auto refused = answered({"A", "-2", "because"});
        CHECK(refused.exit_code == 1);
        CHECK(refused.errors.find("reason") != std::string::npos);
    }
}

}  // namespace stocktray::tests
