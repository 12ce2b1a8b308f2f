// What the window "Connect the Order Manager" asks stocktrayctl for, tried with the real programs.
#include "tray/model/way_in_model.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/tray/a_linked_agent.h"

namespace stocktray::tests {
namespace {

using tray::FileKind;
using tray::WayIn;
using tray::WayInField;

struct Desk {
    AgentProcess agent;
    TempDir dir;
    std::string not_started{};
    int starts{0};
    std::vector<std::string> asked{};
    tray::WayInModel model{{.run_ctl =
                                [this](std::vector<std::string> arguments, std::string_view input, tray::ProgramEnded ended) {
                                    asked = arguments;
                                    CHECK(model.is_busy());
                                    CHECK_FALSE(model.can_set_up());
                                    std::vector<std::string> line{"sh", "-c", "printf %s \"$TYPED\" | \"$0\" \"$@\" 2>&1",
                                                                  std::string{STOCKTRAY_BIN_DIR} + "/stocktrayctl", "--endpoint",
                                                                  agent.endpoint()};
                                    line.insert(line.end(), arguments.begin(), arguments.end());
                                    auto environment = agent.environment();
                                    environment["XDG_CONFIG_HOME"] = (dir.path() / "config").string();
                                    environment["XDG_DATA_HOME"] = (dir.path() / "data").string();
                                    environment["TYPED"] = std::string{input};
                                    const auto done = run({line, environment, {}});
                                    ended({done.exit_code, done.output});
                                },
                            .start_gateway =
                                [this] {
                                    ++starts;
                                    return not_started;
                                },
                            .changed = [] {}}};

    Desk() { agent.start(); }
    std::string written() const {
        std::ifstream stream{dir.path() / "config" / "stocktray" / "gateway.toml"};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    bool says(const std::string& words) const { return model.status().find(words) != std::string::npos; }
};

}  // namespace

TEST_SUITE("WayInModel") {
    TEST_CASE("a_script_door_is_set_up_with_the_address_to_enter") {
        Desk desk;
        const auto port = free_port();
        desk.model.form().address = fmt::format("127.0.0.1:{}", port);
        desk.model.set_up();
        CHECK_MESSAGE(desk.model.status().starts_with("It is set up"), desk.model.status());
        CHECK(desk.written() == fmt::format("[script]\nfan_out = \"order_manager\"\nlisten = \"127.0.0.1:{}\"\n", port));
        CHECK_FALSE(desk.says("Written to"));
        CHECK_FALSE(desk.says("NOT "));

        desk.model.form().source = "main";
        desk.model.set_up();
        CHECK(desk.model.status().starts_with("It cannot be set up so. Nothing was written."));
        CHECK(desk.says("has a [script] already"));
        CHECK(std::ranges::count(desk.asked, "source=main") == 1);
        CHECK(std::ranges::count(desk.asked, "fan_out=order_manager") == 0);
    }

    TEST_CASE("what_is_wrong_is_told_with_its_hint_and_a_test_says_how_it_stands") {
        Desk desk;
        desk.model.test();
        CHECK_MESSAGE(desk.model.status().starts_with("It is not right yet."), desk.model.status());
        desk.model.form().way = WayIn::folder;
        CHECK_FALSE(desk.model.can_set_up());
        CHECK_FALSE(desk.model.complaint(WayInField::folder).empty());
        const auto folder = desk.dir.path() / "from the till";
        desk.model.form().folder = folder.string();
        desk.model.form().kind = FileKind::counts;
        desk.model.set_up();
        CHECK_MESSAGE(desk.model.status().starts_with("It is set up, but something is not right yet."), desk.model.status());
        CHECK(desk.says("✗ "));
        CHECK(desk.written() == fmt::format("[[folder]]\npath = \"{}\"\nkind = \"counts\"\n", folder.string()));
        std::filesystem::create_directory(folder);
        desk.model.test();
        CHECK_MESSAGE(desk.model.status().starts_with("Everything is right."), desk.model.status());
        CHECK(desk.says("✓ "));
    }

    TEST_CASE("a_databases_password_is_never_among_the_arguments") {
        Desk desk;
        auto& form = desk.model.form();
        form.way = WayIn::database;
        form.name = "Our ERP";
        form.connection = "Driver={SQLite3};Database=/nowhere/erp.db";
        form.query = "SELECT sku, qoh FROM items";
        CHECK_FALSE(desk.model.can_set_up());
        CHECK(desk.model.complaint(WayInField::name) == "Small letters, digits, - and _.");
        form.name = "erp";
        form.password = ipc::Secret{"s3cret word"};
        desk.model.set_up();
        CHECK_MESSAGE(desk.model.status().starts_with("It is set up, but"), desk.model.status());
        for (const auto& word : desk.asked) CHECK(word.find("s3cret") == std::string::npos);
        CHECK_FALSE(desk.says("s3cret"));
        std::ifstream stream{desk.dir.path() / "config" / "stocktray" / "erp.password"};
        CHECK(std::string{std::istreambuf_iterator<char>{stream}, {}} == "s3cret word\n");
        CHECK(desk.written().find("password_file") != std::string::npos);
    }

    TEST_CASE("the_gateway_is_started_or_it_is_said_why_not") {
        Desk desk;
        desk.model.start();
        CHECK(desk.starts == 1);
        CHECK(desk.says("is being started"));
        desk.not_started = "The program stocktray-gateway was not found.";
        desk.model.start();
        CHECK(desk.model.status() == desk.not_started);
    }
}

}  // namespace stocktray::tests
