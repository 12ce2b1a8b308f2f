// stocktrayctl import, with the real agent.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "ipc/import/file_import.h"
#include "ipc/wall_clock.h"
#include "tests/agent/agent_process.h"
#include "tests/agent/ctl/ctl_runner.h"
#include "tests/support/process.h"

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::Said;

struct Shop {
    tests::AgentProcess agent;

    [[nodiscard]] std::vector<std::string> command(const std::string& file, const std::vector<std::string>& options) const {
        std::vector<std::string> arguments{"--endpoint", agent.endpoint(), "import", file, "--spool-file",
                                           (agent.folder() / "spool" / "spool.db").string()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return arguments;
    }
    [[nodiscard]] Said run(const std::vector<std::string>& arguments) {
        return agent.is_running() ? testing::run_ctl_there(arguments) : testing::run_ctl(arguments);
    }
    [[nodiscard]] Said import(const std::string& file, const std::vector<std::string>& options = {}) {
        return run(command(file, options));
    }
    [[nodiscard]] Said snapshot(const std::string& file, const std::vector<std::string>& options = {}) {
        auto arguments = command(file, options);
        *std::ranges::find(arguments, "import") = "snapshot";
        return run(arguments);
    }
    // The name of a snapshot, opened now.
    [[nodiscard]] std::string open_snapshot() {
        const auto said = run({"--endpoint", agent.endpoint(), "snapshot", "--open"});
        REQUIRE(said.code == 0);
        return said.out.substr(0, said.out.find('\n'));
    }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        const auto path = agent.folder() / name;
        std::ofstream{path, std::ios::binary} << text;
        return path.string();
    }
    [[nodiscard]] std::optional<std::int64_t> qoh(const std::string& sku) {
        const auto items = agent.must(ipc::qoh::List{.skus = {{sku}}}).items;
        return items.empty() ? std::nullopt : items.front().om_qoh;
    }
    // What the changes that the agent has taken of a SKU make together.
    [[nodiscard]] std::int64_t moved(const std::string& sku) {
        std::int64_t sum = 0;
        for (const auto& entry : agent.must(ipc::history::List{.sku = sku, .kinds = {{ipc::HistoryKind::change}}}).entries)
            sum += entry.delta.value_or(0);
        return sum;
    }
};

}  // namespace

TEST_SUITE("ctl import") {
    TEST_CASE("import_takes_changes_once_however_often_it_is_run") {
        Shop shop;
        shop.agent.start();
        const auto file = shop.file("changes.csv", "Artikelnummer;Änderung;Grund\r\n00012;-2;phone_order\r\nB-1;+5;Inventur\r\n");
        const auto first = shop.import(file);
        CHECK(first.code == 0);
        CHECK(first.out == "changes.csv: 2 changes taken.\n");
        CHECK(shop.moved("00012") == -2);
        CHECK(shop.moved("B-1") == 5);
        const auto second = shop.import(file);
        CHECK(second.code == 0);
        CHECK(holds(second.out, "The same content was taken as changes.csv"));
        const auto copy = shop.import(shop.file("copy.csv", "Artikelnummer;Änderung;Grund\r\n00012;-2;phone_order\r\nB-1;+5;Inventur\r\n"));
        CHECK(holds(copy.out, "was taken as changes.csv"));
        CHECK(shop.moved("B-1") == 5);
        CHECK(shop.import(file, {"--again"}).code == 0);
        CHECK(shop.moved("B-1") == 10);
        const auto history = shop.agent.must(ipc::history::List{.sku = "B-1", .kinds = {{ipc::HistoryKind::change}}}).entries;
        CHECK(holds(history.front().text, "Inventur"));
        const auto without_reason = shop.agent.must(ipc::history::List{.sku = "00012", .kinds = {{ipc::HistoryKind::change}}}).entries;
        CHECK(holds(without_reason.front().text, "changes.csv, line 2"));
        CHECK_MESSAGE(shop.agent.must(ipc::alerts::List{}).alerts.empty(), "nothing about it is doubtful");
    }

    TEST_CASE("import_saves_changes_while_the_agent_is_away_and_they_count_once") {
        Shop shop;
        const auto file = shop.file("changes.csv", "sku,delta\nA,3\n");
        const auto saved = shop.import(file, {"--timeout", "0.2"});
        CHECK(saved.code == 0);
        CHECK(holds(saved.out, "1 change waits on this computer"));
        shop.agent.start();
        CHECK(shop.import(file).code == 0);
        CHECK(shop.run({"--endpoint", shop.agent.endpoint(), "spool", "deliver", "--file",
                        (shop.agent.folder() / "spool" / "spool.db").string()})
                  .code == 0);
        CHECK(shop.moved("A") == 3);
    }

    TEST_CASE("import_takes_a_whole_count_and_says_that_it_needs_the_agent") {
        Shop shop;
        const auto file = shop.file("counts.csv", "SKU,QOH,Name\nA,5,one\nB,-1,two\n");
        const auto away = shop.import(file, {"--timeout", "0.5"});
        CHECK(away.code == 3);
        CHECK(holds(away.err, "a whole count needs the agent"));
        shop.agent.start();
        const auto taken = shop.import(file);
        CHECK_MESSAGE(taken.code == 0, taken.err);
        CHECK(taken.out == "counts.csv: 2 counts taken.\nA count changes nothing in a store. To bring one to it: stocktrayctl send CART\n");
        CHECK(shop.qoh("A") == 5);
        CHECK(shop.qoh("B") == -1);
        CHECK(holds(shop.import(file).out, "The same content was taken"));
        CHECK(shop.import(shop.file("later.csv", "SKU,QOH\nA,7\nB,8\n")).code == 0);
        CHECK_MESSAGE(shop.import(file).code == 0, "a count that was right before may be right again");
        CHECK(shop.qoh("A") == 5);
    }

    TEST_CASE("import_of_a_count_leaves_what_changed_when_it_was_written_or_since") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("first.csv", "SKU,QOH\nA,5\nB,5\n")).code == 0);
        // Exported, and then A was sold before the file was taken.
        const auto file = shop.file("second.csv", "SKU,QOH\nA,9\nB,9\n");
        REQUIRE(shop.import(shop.file("sold.csv", "sku,delta\nA,-1\n")).code == 0);
        const auto taken = shop.import(file);
        CHECK(taken.code == 0);
        CHECK(holds(taken.out, "1 count taken."));
        CHECK(holds(taken.out, "left as they were"));
        CHECK(taken.out.ends_with("\nA\n"));
        CHECK(shop.qoh("A") == 4);
        CHECK(shop.qoh("B") == 9);
    }

    TEST_CASE("import_of_a_count_whose_time_is_still_to_come_asks_when_it_was_written") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("first.csv", "SKU,QOH\nA,120\nB,5\n")).code == 0);
        const auto file = shop.file("second.csv", "SKU,QOH\nA,120\nB,6\n");
        REQUIRE(shop.import(shop.file("sold.csv", "sku,delta\nA,-1\n")).code == 0);
        // As a file server writes it whose clock is an hour ahead.
        fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours{1});
        const auto asked = shop.import(file, {"--counts"});
        CHECK(asked.code == 2);
        CHECK(holds(asked.err, "is still to come"));
        CHECK(holds(asked.err, "--written"));
        CHECK(shop.qoh("A") == 119);
        CHECK(shop.qoh("B") == 5);
        CHECK(shop.import(file, {"--counts", "--written", "soon"}).code == 64);
        const auto told = shop.import(file, {"--counts", "--written", "10m ago"});
        CHECK_MESSAGE(told.code == 0, told.err);
        CHECK(shop.qoh("A") == 119);
        CHECK(shop.qoh("B") == 6);
    }

    TEST_CASE("import_of_a_count_that_waited_for_the_agent_was_written_before_it_was_first_read") {
        Shop shop;
        const auto file = shop.file("counts.csv", "SKU,QOH\nA,120\nB,6\n");
        // Its clock is ahead by less than somebody would notice, and the agent is away until that time has come.
        fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::seconds{119});
        REQUIRE(shop.import(file, {"--timeout", "0.2"}).code == 3);
        auto ledger = import::Ledger::open(import::ledger_beside(shop.agent.folder() / "spool" / "spool.db"));
        REQUIRE(ledger);
        std::ifstream bytes{file, std::ios::binary};
        const auto stamp = ipc::now_ms() + 119'000;
        const auto inspected = import::inspect(bytes, "counts.csv", stamp, {.series = "stocktrayctl"}, *ledger);
        REQUIRE(inspected);
        CHECK(inspected->is_resumed);
        CHECK(inspected->at < stamp - 110'000);
        CHECK(inspected->at == inspected->entry.begun_at);
    }

    TEST_CASE("snapshot_of_a_file_leaves_what_changed_since_it_was_written") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("first.csv", "SKU,QOH\nA,97\nB,5\n")).code == 0);
        const auto old = shop.file("old.csv", "SKU,QOH\nA,97\nB,6\n");
        REQUIRE(shop.import(shop.file("sold.csv", "sku,delta\nA,-2\n")).code == 0);
        const auto taken = shop.snapshot(old);
        CHECK(taken.code == 0);
        CHECK(holds(taken.out, "left as they were"));
        CHECK(taken.out.ends_with("\nA\n"));
        CHECK(shop.qoh("A") == 95);
        CHECK(shop.qoh("B") == 6);
    }

    TEST_CASE("snapshot_that_was_opened_first_takes_all_and_names_what_changed_in_between") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("first.csv", "SKU,QOH\nA,97\nB,5\nC,1\n")).code == 0);
        REQUIRE(shop.import(shop.file("before.csv", "sku,delta\nC,-1\n")).code == 0);
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        const auto name = shop.open_snapshot();
        const auto counts = shop.file("counts.csv", "SKU,QOH\nA,97\nB,6\nC,0\n");
        REQUIRE(shop.import(shop.file("sold.csv", "sku,delta\nA,-2\n")).code == 0);
        const auto taken = shop.snapshot(counts, {"--opened", name});
        CHECK(taken.code == 2);
        CHECK(holds(taken.out, "3 counts taken."));
        CHECK(holds(taken.err, "Count them again"));
        CHECK(taken.err.ends_with("\nA\n"));
        CHECK(shop.qoh("A") == 95);
        CHECK(shop.qoh("B") == 6);
        CHECK_MESSAGE(shop.qoh("C") == 0, "it changed before the opening: its count is taken");
        CHECK_MESSAGE(shop.snapshot(counts, {"--opened", name}).code == 2, "run again, it has the same answer");
        CHECK(shop.qoh("A") == 95);
        // One that is not open, or not any more, is not opened now instead.
        const auto closed = shop.snapshot(counts, {"--opened", "another"});
        CHECK(closed.code == 5);
        CHECK(holds(closed.err, "The snapshot another is not open"));
        CHECK(holds(closed.err, "Open another snapshot, then export the counts anew:"));
        CHECK(shop.qoh("B") == 6);
        // As it is said there: once more, in a file of its own.
        CHECK(shop.snapshot(shop.file("again.csv", "SKU,QOH\nA,95\n"), {"--accept-fewer", "--opened", shop.open_snapshot()}).code == 0);
        CHECK(shop.qoh("A") == 95);
    }

    TEST_CASE("snapshot_takes_neither_a_cut_file_nor_one_without_rows") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("first.csv", "SKU,QOH\nA,157\n")).code == 0);
        for (const auto& options : {std::vector<std::string>{}, {"--opened", shop.open_snapshot()}}) {
            const auto cut = shop.snapshot(shop.file("cut.csv", "SKU,QOH\nA,1"), options);
            CHECK(cut.code == 65);
            CHECK(holds(cut.err, "The last line has no line end."));
            CHECK(shop.snapshot(shop.file("empty.csv", "SKU,QOH\n"), options).code == 2);
        }
        CHECK(shop.qoh("A") == 157);
    }

    TEST_CASE("import_names_each_bad_line_and_takes_nothing_unless_told") {
        Shop shop;
        shop.agent.start();
        const auto file = shop.file("changes.csv", "sku,delta\nA,1\n1E5,2\nB,x\nC,3\n");
        const auto said = shop.import(file);
        CHECK(said.code == 65);
        CHECK(holds(said.err, "Line 3: The SKU “1E5” is a number that a spreadsheet program has shortened"));
        CHECK(holds(said.err, "Line 4: “x” is no whole number."));
        CHECK(holds(said.err, "--skip-bad"));
        CHECK(shop.moved("A") == 0);
        CHECK(shop.import(file, {"--skip-bad"}).code == 0);
        CHECK(shop.moved("A") == 1);
        CHECK(shop.moved("C") == 3);
    }

    TEST_CASE("import_test_checks_everything_and_writes_nothing") {
        Shop shop;
        shop.agent.start();
        const auto file = shop.file("changes.csv", "sku,delta,reason\nA,1,\nB,-3,phone_order\n");
        const auto said = shop.import(file, {"--test"});
        CHECK(said.code == 0);
        CHECK(said.out ==
              "Test Data: 2 changes, \u22122 pieces together, utf-8. Nothing was written.\n"
              "Line 2: A +1  adjustment\nLine 3: B \u22123  phone_order\n");
        CHECK(shop.import(shop.file("bad.csv", "sku,delta\nA,x\n"), {"--test"}).code == 65);
        CHECK(shop.moved("A") == 0);
        CHECK_MESSAGE(shop.import(file).out == "changes.csv: 2 changes taken.\n", "a test leaves no trace");
    }

    TEST_CASE("import_of_a_half_file_changes_nothing_and_says_why") {
        Shop shop;
        shop.agent.start();
        const auto said = shop.import(shop.file("half.csv", "sku,delta\nA,1\nB,10"));
        CHECK(said.code == 65);
        CHECK(holds(said.err, "The last line has no line end."));
        CHECK(holds(said.err, "nothing of it was taken"));
        CHECK(holds(said.err, "--open-end"));
        // Of these an option that allows an open end is no help.
        for (const auto& other : {shop.import(shop.file("trailer.csv", "sku,delta\nA,1\nB,1\n"), {"--trailer", "END"}),
                                  shop.import(shop.file("rows.csv", "sku,delta\nA,1\nB,1\n"), {"--rows", "3"}),
                                  shop.import(shop.file("empty.csv", "")), shop.import(shop.file("header.csv", "sku,delta"))}) {
            CHECK(other.code == 65);
            CHECK(holds(other.err, "nothing of it was taken"));
            CHECK(!holds(other.err, "--open-end"));
        }
        CHECK(shop.moved("A") == 0);
        CHECK(shop.import(shop.file("half.csv", "sku,delta\nA,1\nB,10"), {"--open-end"}).code == 0);
        CHECK(shop.moved("B") == 10);
    }

    TEST_CASE("import_asks_about_the_first_count_of_a_computer_that_is_shorter_than_what_the_agent_knows") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("a.csv", "sku,qoh\nA,1\nB,1\nC,1\nD,1\n")).code == 0);
        fs::remove_all(shop.agent.folder() / "spool");  // another computer
        const auto half = shop.file("b.csv", "sku,qoh\nA,2\nB,2\n");
        for (const bool only_tests : {true, false}) {
            const auto asked = shop.import(half, only_tests ? std::vector<std::string>{"--test"} : std::vector<std::string>{});
            CHECK(asked.code == 2);
            CHECK(holds(asked.err, "The agent knows the counts of 4 SKUs; this file has 2 rows. Perhaps it is half."));
            CHECK(holds(asked.err, "--accept-fewer"));
        }
        CHECK(shop.qoh("A") == 1);
        CHECK(shop.import(half, {"--accept-fewer"}).code == 0);
        CHECK(shop.qoh("A") == 2);
    }

    TEST_CASE("import_asks_about_a_count_that_has_shrunk_and_a_file_that_has_grown") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.import(shop.file("a.csv", "sku,qoh\nA,1\nB,1\nC,1\nD,1\n")).code == 0);
        const auto shrunk = shop.file("b.csv", "sku,qoh\nA,2\nB,2\n");
        const auto asked = shop.import(shrunk);
        CHECK(asked.code == 2);
        CHECK(holds(asked.err, " had 4 rows; this one has 2. Perhaps it is half."));
        CHECK(shop.qoh("A") == 1);
        CHECK(shop.import(shrunk, {"--accept-fewer"}).code == 0);
        CHECK(shop.qoh("A") == 2);
        CHECK(shop.qoh("C") == 1);

        REQUIRE(shop.import(shop.file("c.csv", "sku,delta\nX,1\nY,1\n")).code == 0);
        // Lines with ids of their own are known by them: a file of such lines may grow.
        REQUIRE(shop.import(shop.file("e.csv", "sku,delta,id\nP,1,i1\n")).code == 0);
        CHECK(shop.import(shop.file("f.csv", "sku,delta,id\nP,1,i1\nP,1,i2\n")).code == 0);
        CHECK(shop.moved("P") == 2);

        const auto grown = shop.file("d.csv", "sku,delta\nX,1\nY,1\nZ,1\n");
        CHECK(shop.import(grown).code == 2);
        CHECK(shop.moved("Z") == 0);
        CHECK(shop.import(grown, {"--only-new"}).code == 0);
        CHECK(shop.moved("X") == 1);
        CHECK(shop.moved("Z") == 1);
    }

    TEST_CASE("import_names_the_lines_that_the_agent_will_not_have") {
        Shop shop;
        shop.agent.start();
        const auto said = shop.import(shop.file("web.csv",
                                                "sku,delta,order,cart,reason\nA,-1,7,nowhere,web_order_imported\nB,-1,,,\n"));
        CHECK(said.code == 2);
        CHECK(holds(said.err, "Line 2: the agent will not have it: "));
        CHECK(shop.moved("B") == -1);
        // An id that was used for another change, in the file of another day.
        REQUIRE(shop.import(shop.file("one.csv", "sku,delta,id\nA,1,x1\n")).code == 0);
        const auto again = shop.import(shop.file("two.csv", "sku,delta,id\nC,1,x2\nA,2,x1\n"));
        CHECK(again.code == 2);
        CHECK(holds(again.err, "Line 3: the agent will not have it: The id x1 was used before"));
        CHECK(shop.moved("C") == 1);
        CHECK(shop.moved("A") == 1);
    }

    TEST_CASE("import_tells_programs_as_json") {
        Shop shop;
        shop.agent.start();
        const auto file = shop.file("changes.csv", "sku,delta\nA,1\nB,x\n");
        const auto bad = shop.import(file, {"--json"});
        CHECK(bad.code == 65);
        CHECK(holds(bad.out, R"("outcome": "refused")"));
        CHECK(holds(bad.out, R"("line": 3)"));
        CHECK(bad.err.empty());
        const auto taken = shop.import(file, {"--json", "--skip-bad"});
        CHECK(taken.code == 0);
        CHECK(holds(taken.out, R"("outcome": "taken")"));
        CHECK(holds(taken.out, R"("taken": 1)"));
        CHECK(holds(shop.import(file, {"--json", "--skip-bad"}).out, R"("outcome": "taken_before")"));
        CHECK(holds(shop.import(shop.file("half.csv", "sku,delta\nA,1"), {"--json"}).out, R"("outcome": "unreadable")"));
        CHECK(holds(shop.snapshot(shop.file("half.csv", "sku,qoh\nA,1"), {"--json"}).out, R"("outcome": "unreadable")"));
        // What goes wrong before a file is read, or an agent asked, too.
        for (const auto& said : {shop.import("/no/such/file.csv", {"--json"}), shop.snapshot("/no/such/file.csv", {"--json"})}) {
            CHECK(said.code == 66);
            CHECK(holds(said.out, R"("code": "no_input")"));
            CHECK(holds(said.out, R"("message": "'/no/such/file.csv' cannot be read.")"));
            CHECK(said.err.empty());
        }
        for (const auto& said : {shop.import(file, {"--json", "--map", "colour=1"}), shop.import(file, {"--json", "--no-such-option"}),
                                 shop.import(file, {"--charset", "ebcdic", "--json"}), testing::run_ctl({"--json"})}) {
            CHECK(said.code == 64);
            CHECK(holds(said.out, R"("code": "wrong_usage")"));
            CHECK(said.err.empty());
        }
    }

    TEST_CASE("import_with_a_wrong_command_line_is_64_and_without_a_file_66") {
        Shop shop;
        const auto file = shop.file("changes.csv", "sku,delta\nA,1\n");
        CHECK(shop.import(file, {"--changes", "--counts"}).code == 64);
        CHECK(shop.import(file, {"--map", "colour=1"}).code == 64);
        CHECK(shop.import(file, {"--charset", "ebcdic"}).code == 64);
        CHECK(shop.import("/no/such/file.csv").code == 66);
        CHECK(shop.import(shop.agent.folder().string()).code == 66);
    }

    TEST_CASE("import_killed_in_the_middle_and_run_again_counts_each_line_once") {
        Shop shop;
        shop.agent.start();
        constexpr int lines = 30'000;
        std::string counts = "sku,qoh\n";
        for (int i = 0; i < 10; ++i) counts += fmt::format("K-{},0\n", i);
        REQUIRE(shop.import(shop.file("counts.csv", counts)).code == 0);
        std::string text = "sku,delta\n";
        for (int i = 0; i < lines; ++i) text += fmt::format("K-{},1\n", i % 10);
        const auto file = shop.file("long.csv", text);
        auto line = shop.command(file, {"--timeout", "60"});
        line.insert(line.begin(), STOCKTRAY_BIN_DIR "/stocktrayctl");
        bool was_killed_in_the_middle = false;
        for (const int after_ms : {150, 300, 600}) {
            tests::Process process{{line, {}, {}}};
            std::this_thread::sleep_for(std::chrono::milliseconds{after_ms});
            was_killed_in_the_middle = was_killed_in_the_middle || process.is_running();
            process.kill();
        }
        CHECK(was_killed_in_the_middle);
        const auto said = shop.import(file, {"--timeout", "60"});
        CHECK_MESSAGE(said.code == 0, said.err);
        std::int64_t sum = 0;
        for (int i = 0; i < 10; ++i) sum += shop.qoh(fmt::format("K-{}", i)).value_or(0);
        CHECK(sum == lines);
    }
}

}  // namespace stocktray::ctl
