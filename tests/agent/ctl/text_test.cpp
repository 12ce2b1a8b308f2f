// Tables, words, times and files: what needs no agent.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "agent/ctl/exit_code.h"
#include "ipc/csv/csv_reader.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/sentences.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using testing::holds;

struct UtcTimes {
    UtcTimes() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
};

}  // namespace

TEST_SUITE("Table") {
    TEST_CASE("columns_are_as_wide_as_their_widest_cell_on_the_screen") {
        std::ostringstream out;
        Table table{{{"NAME"}, {"N", Align::right}, {"EMPTY"}}};
        table.add({"J\u00fcrgen", "1", ""});
        table.add({"\u4ef6\u6570", "100", ""});
        table.add({"e\u0301", "", ""});
        table.print(Terminal{out, out});
        CHECK(out.str() ==
              "NAME      N\n"
              "J\u00fcrgen    1\n"
              "\u4ef6\u6570    100\n"
              "e\u0301\n");
    }

    TEST_CASE("colours_take_no_room") {
        std::ostringstream out;
        const Terminal terminal{out, out, true};
        Table table{{{"A"}, {"B"}}};
        table.add({terminal.painted(Paint::red, "x"), "y"});
        table.add({"long", "z"});
        table.print(terminal);
        CHECK(holds(out.str(), "\x1b[31mx\x1b[0m     y\n"));
    }

    TEST_CASE("without_colours_nothing_is_painted") {
        std::ostringstream out;
        CHECK(Terminal{out, out}.painted(Paint::red, "x") == "x");
    }
}

TEST_SUITE("Words") {
    TEST_CASE("differences_bear_their_sign") {
        CHECK(pieces(2) == "+2");
        CHECK(pieces(-2) == "\u22122");
        CHECK(pieces(0) == "0");
        CHECK(pieces(INT64_MIN) == "\u22129223372036854775808");
    }

    TEST_CASE("durations_have_at_most_two_units") {
        CHECK(duration(340) == "340 ms");
        CHECK(duration(8'900) == "8 s");
        CHECK(duration(130'000) == "2 min");
        CHECK(duration(3'600'000) == "1 h");
        CHECK(duration(12'060'000) == "3 h 21 min");
        CHECK(duration(180'000'000) == "2 d 2 h");
    }

    TEST_CASE("moments_leave_todays_date_out") {
        const UtcTimes times;
        CHECK(moment(1'764'032'587'000) == "2025-11-25 01:03:07");
        CHECK(moment(1'764'032'587'000, 1'764'032'587'000 + 3'600'000) == "01:03:07");
        CHECK(moment(1'764'032'587'000, 1'764'032'587'000 + 86'400'000) == "2025-11-25 01:03:07");
    }

    TEST_CASE("foreign_bytes_become_printable") {
        CHECK(printable("a\x1b[31mb") == "a\uFFFD[31mb");
        CHECK(printable("a\r\n\tb") == "a\uFFFD  b");
        CHECK(printable("\xff\xc3") == "\uFFFD\uFFFD");
        CHECK(printable("\xc2\x9b") == "\uFFFD");
        CHECK(printable("\u202egnp") == "\uFFFDgnp");
        CHECK(printable("J\u00fcrgen \U0001f4e6") == "J\u00fcrgen \U0001f4e6");
    }

    TEST_CASE("a_cart_that_is_not_known_is_called_by_its_id") {
        CartNames names;
        CHECK(names.of("main") == "main");
        names.learn("main", "Main Store");
        CHECK(names.of("main") == "Main Store");
    }

    TEST_CASE("each_state_of_a_post_has_its_sentence") {
        const CartNames names;
        for (const auto& word : ipc::Words<ipc::PostState>::table) {
            const ipc::stack::Post post{.cart = "main", .sku = "A", .delta = -2, .state = word.value};
            CHECK(!sentence(post, names).empty());
        }
    }
}

TEST_SUITE("Input") {
    TEST_CASE("durations_are_read_with_their_units") {
        CHECK(duration_ms("90") == 90'000);
        CHECK(duration_ms("90s") == 90'000);
        CHECK(duration_ms("30m") == 1'800'000);
        CHECK(duration_ms("2h") == 7'200'000);
        CHECK(duration_ms("7d") == 604'800'000);
        for (const char* wrong : {"", "m", "-1s", "1.5h", "1w", "99999999999"}) CHECK(!duration_ms(wrong));
    }

    TEST_CASE("moments_are_read_in_local_time") {
        const UtcTimes times;
        constexpr std::int64_t now = 1'764'032'587'000;  // 2025-11-25 01:03:07
        CHECK(moment_ms("2025-11-25 01:03:07", now) == now);
        CHECK(moment_ms("2025-11-25 01:03", now) == now - 7'000);
        CHECK(moment_ms("2025-11-25", now) == 1'764'028'800'000);
        CHECK(moment_ms("14:30", now) == 1'764'028'800'000 + (14 * 60 + 30) * 60'000);
        for (const char* wrong : {"", "tomorrow", "2025-13-01", "25:00", "2025-11-25 01:03 x"})
            CHECK(!moment_ms(wrong, now));
    }

    TEST_CASE("csv_takes_quotes_separators_and_line_ends_of_all_kinds") {
        std::istringstream in{"b\ta\n\"x\ty\n\"\"z\"\"\"\t1\n\n2\t3"};
        auto reader = csv::CsvReader::open(in, {"a", "b", "c"}, 2);
        REQUIRE(reader);
        auto row = reader->next();
        REQUIRE(row);
        CHECK((*row)->line == 2);
        CHECK((*row)->cells == std::vector<std::string>{"1", "x\ty\n\"z\"", ""});
        row = reader->next();
        CHECK((*row)->line == 5);
        CHECK((*row)->cells == std::vector<std::string>{"3", "2", ""});
        CHECK(!*reader->next());
    }

    TEST_CASE("whole_numbers_are_nothing_else") {
        CHECK(csv::whole_number(" -7 ") == -7);
        CHECK(csv::whole_number("+7") == 7);
        for (const char* wrong : {"", "1.0", "7x", "--7", "0x1", "99999999999999999999"})
            CHECK(!csv::whole_number(wrong));
    }
}

TEST_SUITE("ctl manual") {
    TEST_CASE("names_every_command_and_exit_code") {
        std::ifstream file{STOCKTRAY_SOURCE_DIR "/agent/ctl/stocktrayctl.1.scd"};
        std::stringstream text;
        text << file.rdbuf();
        const std::string help = testing::run_ctl({"--help"}).out;
        std::istringstream lines{help.substr(help.find("Subcommands:"))};
        std::string line;
        std::getline(lines, line);
        int commands = 0;
        while (std::getline(lines, line) && line.starts_with("  ")) {
            const std::string name = line.substr(2, line.find(' ', 2) - 2);
            CAPTURE(name);
            CHECK(holds(text.str(), "\n*" + name + "*"));
            ++commands;
        }
        CHECK(commands == 28);
        for (const auto code : {ExitCode::good, ExitCode::behind, ExitCode::person_needed, ExitCode::no_agent,
                                ExitCode::no_answer, ExitCode::refused, ExitCode::wrong_usage,
                                ExitCode::wrong_data, ExitCode::no_input, ExitCode::agent_fault})
            CHECK(holds(text.str(), "\n*" + std::to_string(static_cast<int>(code)) + "*\n"));
    }

    TEST_CASE("every_command_has_help_with_examples") {
        for (const char* name :
             {"status", "submit", "snapshot", "history", "alerts", "watch", "wait", "completion"}) {
            const auto said = testing::run_ctl({name, "--help"});
            CHECK(said.code == 0);
            CHECK(holds(said.out, "Examples:\n  stocktrayctl "));
        }
        CHECK(testing::run_ctl({"--version"}).out.starts_with("stocktrayctl "));
        CHECK(testing::run_ctl({}).code == 64);
        CHECK(testing::run_ctl({"no-such-command"}).code == 64);
    }
}

}  // namespace stocktray::ctl
