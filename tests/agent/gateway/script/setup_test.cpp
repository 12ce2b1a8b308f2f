// stocktrayctl setup: the way in is described, tried, and only then written down.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/gateway/setup_desk.h"
#include "tests/support/free_port.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: setup") {
    TEST_CASE("a script door is written down and tried, with what to enter in the Order Manager") {
        SetupDesk desk;
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
        SetupDesk desk;
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
        SetupDesk desk;
        const auto done = desk.setup({"script", fmt::format("listen=127.0.0.1:{}", free_port()), "source=shop"});
        CHECK(done.exit_code == 2);
        CHECK(done.output.find("script.source is shop, but there is no such cart") != std::string::npos);
        CHECK_FALSE(desk.written().empty());
        desk.bench.agent.kill();
        const auto away = desk.setup({"test"});
        CHECK(away.exit_code == 2);
        CHECK(away.output.find("Start the agent") != std::string::npos);
    }

    TEST_CASE("programs are told as JSON, and nothing else is said") {
        SetupDesk desk;
        const auto holds = [](const Finished& done, const char* part) { return done.output.find(part) != std::string::npos; };
        const auto shown = desk.setup({"script", "--dry-run", "source=main", "--json"});
        CHECK(holds(shown, R"("outcome": "dry_run")"));
        CHECK(holds(shown, R"("source = \"main\"")"));
        const auto wrong = desk.setup({"script", "lisen=127.0.0.1:5780", "--json"});
        CHECK(wrong.exit_code == 5);
        CHECK(holds(wrong, R"("outcome": "refused")"));
        CHECK(holds(wrong, "there is no setting script.lisen"));
        const auto done = desk.setup({"script", fmt::format("listen=127.0.0.1:{}", free_port()), "source=main", "--json"});
        CHECK(done.exit_code == 0);
        CHECK(done.output.starts_with("{\n"));
        CHECK(holds(done, R"("outcome": "good")"));
        const auto tested = desk.setup({"test", "--json"});
        CHECK(tested.exit_code == 0);
        CHECK(tested.output.starts_with("{\n"));
        CHECK(holds(tested, R"("outcome": "good")"));
        CHECK(holds(tested, "its script answers"));
        CHECK(tested.errors.empty());
    }

    TEST_CASE("a dry run writes nothing, and odd values are quoted") {
        SetupDesk desk;
        const auto shown = desk.setup({"folder", "--dry-run", "path=C:\\counts \"new\"", "kind=counts"});
        CHECK(shown.exit_code == 0);
        CHECK(shown.output == "[[folder]]\npath = \"C:\\\\counts \\\"new\\\"\"\nkind = \"counts\"\n");
        CHECK(desk.written().empty());
    }
}
