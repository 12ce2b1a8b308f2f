// The whole gateway with a watched folder, before the real agent.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/agent/agent_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using tests::eventually;

struct Watched {
    tests::AgentProcess agent;
    tests::TempDir dir;
    fs::path in{dir.path() / "in"};
    std::optional<tests::Process> process;

    explicit Watched(const std::string& more = {}) {
        fs::create_directory(in);
        std::ofstream{dir.path() / "gateway.toml"} << "[[folder]]\npath = \"" << in.string() << "\"\nage_seconds = 0\n" << more;
    }

    [[nodiscard]] tests::Command command(const std::vector<std::string>& more = {}) const {
        tests::Command command{{STOCKTRAY_BIN_DIR "/stocktray-gateway", "--endpoint", agent.endpoint(), "--data-dir",
                                (dir.path() / "data").string(), "--config", (dir.path() / "gateway.toml").string()},
                               {},
                               {}};
        command.arguments.insert(command.arguments.end(), more.begin(), more.end());
        return command;
    }
    void start() { process.emplace(command()); }

    // As a program that does it well: written under another name, then renamed.
    void put(const std::string& name, const std::string& text) const {
        std::ofstream{in / (name + ".tmp"), std::ios::binary} << text;
        fs::rename(in / (name + ".tmp"), in / name);
    }
    [[nodiscard]] bool has(const fs::path& name) const { return fs::exists(in / name); }
    [[nodiscard]] std::int64_t qoh(const std::string& sku) {
        const auto items = agent.must(ipc::qoh::List{.skus = {{sku}}}).items;
        return items.empty() ? -1'000'000 : items.front().om_qoh.value_or(-1'000'000);
    }
    [[nodiscard]] std::string alerts() {
        std::string text;
        for (const auto& alert : agent.must(ipc::alerts::List{}).alerts) text += alert.message + " " + alert.hint + "\n";
        return text;
    }
};

}  // namespace

TEST_SUITE("gateway folder") {
    TEST_CASE("gateway_takes_counts_and_changes_from_a_folder_and_tells_problems_to_people") {
        Watched watched;
        watched.agent.start();
        watched.start();
        REQUIRE(eventually([&] { return watched.has("taking"); }));
        watched.put("1.csv", "SKU;Bestand\r\nA;10\r\n");
        REQUIRE(eventually([&] { return watched.has("done/1.csv"); }));
        CHECK(watched.qoh("A") == 10);
        watched.put("2.csv", "SKU;Delta\r\nA;-3\r\n");
        CHECK(eventually([&] { return watched.qoh("A") == 7; }));
        watched.put("3.csv", "SKU;Delta\r\n1E5;-3\r\n");
        REQUIRE(eventually([&] { return watched.has("problems/3.csv"); }));
        CHECK(eventually([&] { return watched.alerts().find("1 of 1 rows cannot be read") != std::string::npos; }));
        fs::remove(watched.in / "problems/3.csv");
        watched.put("4.csv", "SKU;Delta\r\nA;-1\r\n");
        CHECK(eventually([&] { return watched.alerts().find("rows cannot be read") == std::string::npos; }));
        CHECK(eventually([&] { return watched.qoh("A") == 6; }));
        watched.process->send_signal(SIGTERM);
        CHECK(watched.process->wait(std::chrono::seconds{20}) == 0);
    }

    TEST_CASE("gateway_killed_again_and_again_while_it_takes_files_counts_each_line_once") {
        constexpr int files = 6;
        constexpr int lines = 4'000;
        Watched watched;
        watched.agent.start();
        std::string counts = "sku,qoh\n";
        for (int i = 0; i < 10; ++i) counts += fmt::format("K-{},0\n", i);
        watched.put("0.csv", counts);
        const auto put = [&](int file) {
            std::string text = "sku,delta\n";
            for (int i = 0; i < lines; ++i) text += fmt::format("K-{},{}\n", i % 10, file);
            watched.put(fmt::format("{}.csv", file), text);
        };
        for (int file = 1; file < files; ++file) put(file);
        constexpr int least_kills = 4;  // before the last file comes, however long this process is put aside
        int kills = 0;
        bool is_done = false;
        for (int after_ms = 60; !is_done && kills < 60; after_ms += 25, ++kills) {
            if (kills == least_kills) put(files);
            watched.start();
            std::this_thread::sleep_for(milliseconds{after_ms});
            watched.process->kill();
            is_done = watched.has(fmt::format("done/{}.csv", files));
        }
        CHECK(kills > least_kills);
        watched.start();
        REQUIRE(eventually([&] { return watched.has(fmt::format("done/{}.csv", files)); }));
        constexpr std::int64_t all = (1 + 2 + 3 + 4 + 5 + 6) * lines / 10;
        for (int i = 0; i < 10; ++i)
            CHECK(eventually([&] { return watched.qoh(fmt::format("K-{}", i)) == all; }));
        CHECK_FALSE(fs::exists(watched.in / "problems/1.csv"));
    }

    TEST_CASE("gateway_test_says_how_the_files_of_a_folder_would_be_read_and_takes_none") {
        Watched watched;
        watched.agent.start();
        watched.put("a.csv", "SKU;Bestand\r\nA;10\r\n");
        auto tested = tests::run(watched.command({"--test"}));
        CHECK_MESSAGE(tested.exit_code == 0, tested.output, tested.errors);
        CHECK(tested.output.find("the folder " + watched.in.string()) != std::string::npos);
        CHECK(tested.output.find("a.csv can be taken: 1 rows of counts, utf-8.") != std::string::npos);
        CHECK(watched.has("a.csv"));
        watched.put("b.csv", "Color;Size\r\nA;10\r\n");
        tested = tests::run(watched.command({"--test"}));
        CHECK(tested.exit_code == 1);
        CHECK(tested.output.find("b.csv: The first line does not say whether") != std::string::npos);
        fs::rename(watched.in, watched.dir.path() / "away");
        tested = tests::run(watched.command({"--test"}));
        CHECK(tested.exit_code == 1);
        CHECK(tested.output.find("It is not there") != std::string::npos);
    }

    TEST_CASE("every_problem_of_a_folder_is_told_though_its_path_is_long_and_not_plain") {
        Watched watched;
        const auto in = watched.in / "Bestände aus der Warenwirtschaft, die jeden Abend geschrieben werden";
        fs::create_directory(in);
        std::ofstream{watched.dir.path() / "gateway.toml"} << "[[folder]]\npath = \"" << in.string() << "\"\nage_seconds = 0\n";
        for (const auto* name : {"x.csv", "y.csv", "z.csv"}) std::ofstream{in / name} << "SKU;Delta\r\n1E5;-3\r\n";
        watched.agent.start();
        watched.start();
        const auto told = [&](std::string_view text) { return watched.alerts().find(text) != std::string::npos; };
        CHECK(eventually([&] { return told("x.csv in ") && told("y.csv in ") && told("z.csv in "); }));
        CHECK(told("3 problems: "));
        fs::remove(in / "problems/y.csv");
        std::ofstream{in / "next.csv"} << "SKU;Delta\r\nA;-1\r\n";  // so that it looks again
        CHECK(eventually([&] { return !told("y.csv in "); }));
        CHECK(told("2 problems: "));
        CHECK(told("x.csv in "));
    }

    TEST_CASE("gateway_test_names_spreadsheets_and_says_that_more_files_wait_than_it_tried") {
        Watched watched;
        watched.agent.start();
        for (int i = 1; i <= 8; ++i) watched.put(fmt::format("{}.csv", i), fmt::format("SKU;Delta\r\nA;{}\r\n", i));
        auto tested = tests::run(watched.command({"--test"}));
        CHECK(tested.exit_code == 0);
        CHECK(tested.output.find("More files wait there, which were not tried: 3.") != std::string::npos);
        watched.put("stock.xlsx", "PK");
        tested = tests::run(watched.command({"--test"}));
        CHECK(tested.exit_code == 1);
        CHECK(tested.output.find("stock.xlsx is a spreadsheet") != std::string::npos);
    }

    TEST_CASE("a_mistake_in_a_proposal_is_told_of_the_file_that_it_is_for") {
        Watched watched;
        const auto proposal = watched.dir.path() / "gateway.toml.new";
        std::ofstream{proposal} << "[[folder]]\npath = \"/srv\"\nkind = \"odd\"\n";
        auto command = watched.command({"--test"});
        for (auto& word : command.arguments)
            if (word.ends_with("gateway.toml")) word = proposal.string();
        const auto tested = tests::run(command);
        CHECK(tested.exit_code == 78);
        CHECK(tested.errors.find("gateway.toml, line 3: ") != std::string::npos);
    }
}

}  // namespace stocktray::gateway
