#include <doctest/doctest.h>

#include "agent/gateway/folder/folder_report.h"

namespace stocktray::gateway {
namespace {

import::Inspected a_count() {
    import::Inspected inspected{.name = "counts.csv"};
    inspected.contents.kind = stock_file::Kind::counts;
    return inspected;
}

}  // namespace

TEST_SUITE("folder report") {
    TEST_CASE("says_what_was_taken_and_what_has_to_be_counted_again") {
        CHECK(report_of_taken(a_count(), {.rows = 1, .retake = {"A-1", "B-1"}}, "2026-11-29 14:03") ==
              "counts.csv, 2026-11-29 14:03\n1 count was taken.\n\n"
              "A count changes nothing in a store. To bring the stores to it: Send QOH To Website in Stocktray, which first shows what it would "
              "change.\n\n"
              "These items changed while the count was taken. Count them again, in a file of their own:\nA-1\nB-1\n");
    }

    TEST_CASE("names_what_the_agent_would_not_have") {
        import::Inspected changes{.name = "a.csv"};
        CHECK(report_of_taken(changes, {.rows = 2, .refused = {{3, "There is no cart nowhere."}}}, "now") ==
              "a.csv, now\n2 changes were taken.\n\n"
              "The agent would not have these lines, so they are not counted:\nLine 3: There is no cart nowhere.\n");
    }

    TEST_CASE("each_objection_says_what_to_do") {
        auto inspected = a_count();
        for (const auto kind : {import::Objection::Kind::bad_lines, import::Objection::Kind::fewer, import::Objection::Kind::taken_before,
                                import::Objection::Kind::has_grown, import::Objection::Kind::no_rows}) {
            inspected.objections = {{kind, "So it is."}};
            const auto report = report_of_refused(inspected, "now");
            CHECK(report.starts_with("counts.csv, now\nNothing of this file was taken. So it is.\n\nWhat to do: "));
            CHECK(sentence_of(report) == "Nothing of this file was taken. So it is.");
        }
    }

    TEST_CASE("half_and_wrong_files_are_told_apart") {
        const auto half = report_of_unreadable("a.csv", {import::NotInspected::Why::half, "The last line has no line end."}, "now");
        const auto wrong = report_of_unreadable("a.csv", {import::NotInspected::Why::wrong, "The file is no text."}, "now");
        CHECK(half.find("Export it anew") != half.npos);
        CHECK(wrong.find("gateway.toml") != wrong.npos);
        CHECK(sentence_of("").empty());
    }
}

}  // namespace stocktray::gateway
