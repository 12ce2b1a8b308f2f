// The report against the real agent.
#include "tray/model/report_model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "tests/tray/a_job_desk.h"
#include "tray/model/words.h"

namespace stocktray::tests {
namespace {

std::int64_t right_now() {
    return static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
}

}  // namespace

TEST_SUITE("ReportModel") {
    TEST_CASE("it_counts_what_happened_and_makes_the_same_page_as_the_command_line") {
        JobDesk desk{3};
        desk.bench.submit("one", "SKU-0001", -1);
        REQUIRE(desk.bench.rests());
        tray::ReportModel model{desk.link->converse(), right_now, [] {}};
        REQUIRE(desk.loop.run_until([&] { return model.report().has_value() && !model.is_reading(); }));
        CHECK(model.headline().starts_with("2 changes of counts in the Order Manager, 2 posts confirmed"));
        const auto rows = model.rows();
        const auto confirmed = std::ranges::find(rows, "Posts confirmed", &tray::ReportModel::Row::what);
        REQUIRE(confirmed != rows.end());
        CHECK(confirmed->value == "2");  // the bench has made the first one
        CHECK_FALSE(confirmed->where.empty());

        // The pictures count the same.
        const auto days = model.days();
        REQUIRE(days.rows.size() == 2);
        CHECK(days.names.size() == 8);  // seven days, and today
        for (const auto& row : days.rows) {
            REQUIRE(row.values.size() == days.names.size());
            CHECK(std::accumulate(row.values.begin(), row.values.end(), std::int64_t{0}) == 2);
        }
        const auto times = model.times();
        REQUIRE(times.rows.size() == 1);
        REQUIRE(times.rows[0].values.size() == times.names.size());
        CHECK(std::accumulate(times.rows[0].values.begin(), times.rows[0].values.end(), std::int64_t{0}) == 2);

        const auto file = desk.bench.agent.folder() / "pages/report.html";
        CHECK(tray::write_report_page(file, *model.report()).is_written);
        std::ifstream in{file};
        const std::string page{std::istreambuf_iterator<char>{in}, {}};
        CHECK(page.starts_with("<!DOCTYPE html>"));
        CHECK(page.find("2 changes of counts in the Order Manager") != std::string::npos);
        CHECK_FALSE(tray::write_report_page("/dev/null/report.html", *model.report()).is_written);
    }

    TEST_CASE("each_time_begins_at_midnight") {
        JobDesk desk{1};
        tray::ReportModel model{desk.link->converse(), right_now, [] {}};
        for (const int period : {0, 1, 2, 3, 4}) {
            model.choose(period);
            REQUIRE(desk.loop.run_until([&] { return !model.is_reading(); }));
            CHECK(tray::minute_of_day(model.report()->since) == 0);
            CHECK(model.trouble().empty());
        }
        CHECK(right_now() - model.report()->since > 364 * 86'400'000LL);
    }
}

}  // namespace stocktray::tests
