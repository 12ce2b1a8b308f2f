// What GUIDE.md shows was run: its C in one program, its commands in a shell, against a real agent.
#include <doctest/doctest.h>

#include <fstream>
#include <regex>

#include "tests/agent/agent_process.h"
#include "tests/ipc/c_api/header.h"
#include "tests/support/process.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;

const std::string root = STOCKTRAY_SOURCE_DIR;
const std::string guide = read_text(root + "/ipc/GUIDE.md");
const std::string library_dir = fs::path{STOCKTRAY_SHARED_LIBRARY}.parent_path();

// The blocks of one language, one behind the other.
std::string blocks(const std::string& language) {
    std::string all;
    const std::string fence = "```" + language + "\n";
    for (auto at = guide.find(fence); at != guide.npos; at = guide.find(fence, at)) {
        at += fence.size();
        const auto end = guide.find("```", at);
        REQUIRE(end != guide.npos);
        all += guide.substr(at, end - at);
    }
    return all;
}

struct Desk {
    AgentProcess agent{};
    Desk() { agent.start(); }

    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"STOCKTRAY_ENDPOINT", agent.endpoint()},
                {"STOCKTRAY_SPOOL", (agent.folder() / "spool.db").string()},
                {"LD_LIBRARY_PATH", library_dir},
                {"PATH", STOCKTRAY_BIN_DIR ":" + std::string{std::getenv("PATH")}}};
    }
    [[nodiscard]] std::int64_t moved(const std::string& sku) {
        std::int64_t sum = 0;
        for (const auto& entry : agent.must(ipc::history::List{.sku = sku, .kinds = {{ipc::HistoryKind::change}}}).entries)
            sum += entry.delta.value_or(0);
        return sum;
    }
};

}  // namespace

TEST_SUITE("guide") {
    TEST_CASE("its C is a program that does what it says") {
        Desk desk;
        auto cart = cart_for("main", "http://127.0.0.1:9/none.php", "om", "secret");
        cart.synchronize_inventory = false;
        desk.agent.must(cart);
        const auto source = desk.agent.folder() / "guide.c";
        std::ofstream{source} << "#include <stdio.h>\n#include <stocktray.h>\nint main(void) {\n" << blocks("c") << "return 0;\n}\n";
        const auto program = (desk.agent.folder() / "guide").string();
        const auto built = run({{"cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I" + root + "/ipc/c_api",
                                 source.string(), "-o", program, "-L" + library_dir, "-lstocktray"},
                                {},
                                {}});
        REQUIRE_MESSAGE(built.exit_code == 0, built.errors);
        // It waits a second for events; where none has come by then, it is run again: its changes have ids.
        Finished said;
        CHECK(eventually([&] {
            said = run({{program}, desk.environment(), desk.agent.folder()});
            return said.exit_code != 0 || said.output.find("agent.status {") != std::string::npos;
        }));
        CHECK_MESSAGE(said.exit_code == 0, said.errors);
        CHECK(said.errors.empty());
        CHECK(said.output.find("on the way\n") != std::string::npos);
        // It did not wait: what was still on its way when it ended is in the spool.
        const auto delivered = run({{STOCKTRAY_BIN_DIR "/stocktrayctl", "spool", "deliver"}, desk.environment(), {}});
        CHECK_MESSAGE(delivered.exit_code == 0, delivered.output, delivered.errors);
        CHECK(desk.moved("SKU-0001") == -2);
        CHECK(desk.moved("SKU-0002") == -1);
    }

    TEST_CASE("its commands work") {
        Desk desk;
        const auto said = run({{"sh", "-e", "-c", blocks("sh")}, desk.environment(), desk.agent.folder()});
        CHECK_MESSAGE(said.exit_code == 0, said.output, said.errors);
        CHECK(desk.moved("SKU-0001") == 98);
    }

    TEST_CASE("every function it names is there") {
        const auto header = read_header(root + "/ipc/c_api/stocktray.h");
        static const std::regex name{R"(\bstocktray_[a-z_]+\b)"};
        int named = 0;
        for (std::sregex_iterator at{guide.begin(), guide.end(), name}, end; at != end; ++at) {
            const std::string found = at->str();
            if (read_text(root + "/ipc/c_api/stocktray.h").find("typedef struct " + found + " ") != std::string::npos ||
                found == "stocktray_place")
                continue;
            CHECK_MESSAGE(header.functions.contains(found), found);
            ++named;
        }
        CHECK(named > 20);
    }
}

}  // namespace stocktray::tests
