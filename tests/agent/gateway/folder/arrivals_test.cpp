#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "agent/gateway/folder/arrivals.h"
#include "agent/gateway/folder/filing.h"
#include "core/charset.h"
#include "tests/support/temp_dir.h"

namespace stocktray::gateway {
namespace {

using std::chrono::seconds;

Arrivals a_rule() { return Arrivals{seconds{5}, seconds{60}}; }
Seen file(const std::string& name, std::uint64_t bytes = 10) { return {name, bytes, 1, false}; }

}  // namespace

TEST_SUITE("filing") {
    TEST_CASE("a_file_with_a_name_as_long_as_a_name_can_be_is_put_away_beside_its_report") {
        const tests::TempDir dir;
        const Filing filing{dir.path()};
        REQUIRE(filing.open());
        std::string stem;
        while (stem.size() < 250) stem += "\u00e4";
        for (const auto& name : {stem + ".csv", stem + "a.csv"}) {
            CAPTURE(name.size());
            std::ofstream{filing.taking() / name} << "sku,pieces\n";
            const auto put = filing.put_away(filing.taking() / name, filing.problems(), "why");
            REQUIRE_MESSAGE(put, put.error().message);
        }
        const auto told = filing.problems_told();
        REQUIRE(told.size() == 2);
        for (const auto& problem : told) {
            CHECK(problem.name.ends_with(".csv"));
            CHECK(problem.report == "why");
            CHECK(charset::is_utf8(problem.name));
        }
    }
}

TEST_SUITE("arrivals") {
    TEST_CASE("a_file_is_ready_when_it_has_not_changed_for_its_age") {
        auto arrivals = a_rule();
        auto turn = arrivals.look({file("a")}, seconds{100});
        CHECK_FALSE(turn.ready);
        CHECK(turn.look_again == seconds{5});
        turn = arrivals.look({file("a", 11)}, seconds{104});
        CHECK_FALSE(turn.ready);
        CHECK(turn.look_again == seconds{5});
        CHECK_FALSE(arrivals.look({file("a", 11)}, seconds{108}).ready);
        CHECK(arrivals.look({file("a", 11)}, seconds{109}).ready == "a");
    }

    TEST_CASE("a_time_stamp_alone_is_a_change_and_so_is_a_writer") {
        auto arrivals = a_rule();
        CHECK_FALSE(arrivals.look({file("a")}, seconds{0}).ready);
        CHECK_FALSE(arrivals.look({{"a", 10, 2, false}}, seconds{6}).ready);
        CHECK_FALSE(arrivals.look({{"a", 10, 2, true}}, seconds{20}).ready);
        CHECK_FALSE(arrivals.look({{"a", 10, 2, false}}, seconds{24}).ready);
        CHECK(arrivals.look({{"a", 10, 2, false}}, seconds{25}).ready == "a");
    }

    TEST_CASE("for_how_long_a_file_is_as_it_is_counts_from_when_it_was_first_seen_so") {
        auto arrivals = a_rule();
        CHECK_FALSE(arrivals.unchanged_for("a", seconds{0}));
        (void)arrivals.look({file("a"), file("b")}, seconds{100});
        (void)arrivals.look({file("a", 11), file("b")}, seconds{103});
        CHECK(arrivals.unchanged_for("a", seconds{110}) == seconds{7});
        CHECK_MESSAGE(arrivals.unchanged_for("b", seconds{110}) == seconds{10}, "it was seen, though it waits for the one before it");
    }

    TEST_CASE("files_come_in_the_order_of_their_names_and_wait_for_those_before_them") {
        auto arrivals = a_rule();
        CHECK_FALSE(arrivals.look({file("b")}, seconds{0}).ready);
        auto turn = arrivals.look({file("b"), file("a")}, seconds{5});
        CHECK_FALSE(turn.ready);
        CHECK(turn.look_again == seconds{5});
        CHECK(arrivals.look({file("b"), file("a")}, seconds{10}).ready == "a");
        CHECK(arrivals.look({file("b")}, seconds{10}).ready == "b");
    }

    TEST_CASE("what_is_not_whole_waits_until_it_changes_or_patience_is_at_an_end") {
        auto arrivals = a_rule();
        (void)arrivals.look({file("a"), file("b")}, seconds{0});
        CHECK(arrivals.look({file("a"), file("b")}, seconds{5}).ready == "a");
        CHECK_FALSE(arrivals.put_off("a", seconds{5}));
        auto turn = arrivals.look({file("a"), file("b")}, seconds{30});
        CHECK_FALSE(turn.ready);
        CHECK(turn.look_again == seconds{30});
        CHECK_FALSE(arrivals.look({file("a", 20), file("b")}, seconds{40}).ready);
        CHECK(arrivals.look({file("a", 20), file("b")}, seconds{45}).ready == "a");
        CHECK_FALSE(arrivals.put_off("a", seconds{45}));
        CHECK(arrivals.look({file("a", 20), file("b")}, seconds{100}).ready == "a");
        CHECK(arrivals.put_off("a", seconds{100}));
        CHECK_FALSE(arrivals.put_off("nobody", seconds{100}));
    }

    TEST_CASE("what_is_written_to_for_ever_is_passed_over_and_named") {
        auto arrivals = a_rule();
        for (int second = 0; second < 60; ++second)
            CHECK_FALSE(arrivals.look({file("a", 10 + static_cast<std::uint64_t>(second)), file("b")}, seconds{second}).ready);
        const auto turn = arrivals.look({file("a", 1), file("b")}, seconds{60});
        CHECK(turn.ready == "b");
        CHECK(turn.passed_over == std::vector<std::string>{"a"});
    }

    TEST_CASE("a_file_that_was_gone_and_comes_again_is_new") {
        auto arrivals = a_rule();
        (void)arrivals.look({file("a")}, seconds{0});
        (void)arrivals.look({}, seconds{5});
        CHECK_FALSE(arrivals.look({file("a")}, seconds{6}).ready);
        CHECK_FALSE(arrivals.look({}, seconds{7}).look_again);
    }

    TEST_CASE("wanted_are_the_files_of_the_patterns_but_none_under_way") {
        const std::vector<std::string> patterns{"*.csv", "stock-??.txt"};
        for (const char* name : {"a.csv", "A.CSV", ".csv.csv.csv", "stock-01.txt", "a b.csv"})
            CHECK_MESSAGE(is_wanted(name, patterns) == (name[0] != '.'), name);
        for (const char* name : {"", "a.tsv", "stock-1.txt", "stock-001.txt", "a.csv.tmp", "a.csv.part", "~$a.csv", ".a.csv", "a.csv~"})
            CHECK_MESSAGE(!is_wanted(name, patterns), name);
        CHECK_FALSE(is_wanted("a.csv.report.txt", {"*"}));
        CHECK(is_wanted("anything", {"*"}));
        CHECK_FALSE(is_wanted("a.csv", {}));
    }
}

}  // namespace stocktray::gateway
