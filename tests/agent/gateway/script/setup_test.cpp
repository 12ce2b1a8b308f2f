// stocktrayctl setup: the way in is described, tried, and only then written down.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>

#include "tests/agent/bench.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

struct Desk {
    Bench bench;
    TempDir dir;
    std::filesystem::path file{dir.path() / "config" / "stocktray" / "gateway.toml"};

    // `typed`: what the program reads on its standard input.
    Finished setup(std::vector<std::string> words, const std::string& typed = {}) {
        std::vector<std::string> line{"sh", "-c", "printf %s \"$TYPED\" | \"$0\" \"$@\"",
                                      std::string{STOCKTRAY_BIN_DIR} + "/stocktrayctl", "--endpoint", bench.agent.endpoint(), "setup"};
        line.insert(line.end(), words.begin(), words.end());
        auto environment = bench.agent.environment();
        environment["XDG_CONFIG_HOME"] = (dir.path() / "config").string();
        environment["XDG_DATA_HOME"] = (dir.path() / "data").string();
        environment["TYPED"] = typed;
        return run({line, environment, {}});
    }
    std::string written() const {
        std::ifstream stream{file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
};

}  // namespace

TEST_SUITE("gateway: setup") {
    TEST_CASE("a script door is written down and tried, with what to enter in the Order Manager") {
        Desk desk;
        const auto port = free_port();
        const auto done = desk.setup({"script", fmt::format("listen=127.0.0.1:{}", port), "source=main"});
        CHECK(done.exit_code == 0);
        CHECK(done.output.find(fmt::format("http://127.0.0.1:{}/main", port)) != std::string::npos);
        CHECK(done.output.find("its script answers") != std::string::npos);
        CHECK(desk.written() == fmt::format("[script]\nlisten = \"127.0.0.1:{}\"\nsource = \"main\"\n", port));
        const auto again = desk.setup({"script"});
        CHECK(again.exit_code == 5);
        CHECK(again.errors.find("has a [script] already") != std::string::npos);
        CHECK(desk.setup({"test"}).exit_code == 0);
    }

    TEST_CASE("what cannot be right is not written") {
        Desk desk;
        const auto wrong = desk.setup({"script", "lisen=127.0.0.1:5780"});
        CHECK(wrong.exit_code == 5);
        CHECK(wrong.errors.find("there is no setting script.lisen") != std::string::npos);
        CHECK(desk.setup({"script", "listen=0.0.0.0:5780"}).errors.find("passwords would cross the network in clear") != std::string::npos);
        CHECK(desk.setup({"script", "listen"}).exit_code == 64);
        CHECK(desk.setup({"script", "fan_out=nobody"}).errors.find("script.fan_out has a wrong value") != std::string::npos);
        CHECK(desk.written().empty());
        CHECK_FALSE(std::filesystem::exists(desk.file.string() + ".new"));
    }

    TEST_CASE("what is not right yet is written and said: a source that is no cart, an agent that is away") {
        Desk desk;
        const auto done = desk.setup({"script", fmt::format("listen=127.0.0.1:{}", free_port()), "source=shop"});
        CHECK(done.exit_code == 2);
        CHECK(done.output.find("script.source is shop, but there is no such cart") != std::string::npos);
        CHECK_FALSE(desk.written().empty());
        desk.bench.agent.kill();
        const auto away = desk.setup({"test"});
        CHECK(away.exit_code == 2);
        CHECK(away.output.find("Start the agent") != std::string::npos);
    }

    TEST_CASE("a database's password lies in a file of its own, and goes again if nothing comes of it") {
        Desk desk;
        const auto password_file = desk.file.parent_path() / "erp.password";
        const std::vector<std::string> words{"database", "--password-fd", "0", "query=SELECT sku, qoh FROM items",
                                             "connection=Driver={SQLite3};Database=/nowhere/erp.db"};
        const auto with = [&](std::initializer_list<std::string> more) {
            auto all = words;
            all.insert(all.end(), more);
            return desk.setup(all, "s3cret word\n");
        };
        CHECK(with({}).errors.find("add name=NAME") != std::string::npos);
        const auto refused = with({"name=erp", "evry=5"});
        CHECK(refused.exit_code == 5);
        CHECK(refused.errors.find("there is no setting database.evry") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(password_file));
        CHECK(desk.written().empty());

        const auto done = with({"name=erp"});
        CHECK_MESSAGE(done.exit_code == 2, done.output, done.errors);
        CHECK((done.output + done.errors).find("s3cret") == std::string::npos);
        CHECK(desk.written().find("password_file = \"" + password_file.string() + "\"") != std::string::npos);
        std::ifstream stream{password_file};
        CHECK(std::string{std::istreambuf_iterator<char>{stream}, {}} == "s3cret word\n");
        CHECK(std::filesystem::status(password_file).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    }

    TEST_CASE("a dry run writes nothing, and odd values are quoted") {
        Desk desk;
        const auto shown = desk.setup({"folder", "--dry-run", "path=C:\\counts \"new\"", "kind=counts"});
        CHECK(shown.exit_code == 0);
        CHECK(shown.output == "[[folder]]\npath = \"C:\\\\counts \\\"new\\\"\"\nkind = \"counts\"\n");
        CHECK(desk.written().empty());
    }
}
