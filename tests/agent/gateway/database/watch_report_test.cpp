#include "agent/gateway/database/watch_report.h"

#include <doctest/doctest.h>

#include "tests/support/temp_dir.h"

using namespace stocktray::gateway;
using namespace stocktray::gateway::database;

namespace {

constexpr std::int64_t now = 1'800'000'000'000;

struct Bench {
    stocktray::tests::TempDir dir{};
    std::unique_ptr<State> state{State::open(dir.path() / "erp.db").value()};
    Happening happening{};

    [[nodiscard]] std::vector<Problem> problems(std::int64_t at = now) {
        return problems_of(happening, *state, at, "/data/database-erp.accept");
    }
};
tl::expected<Round, Stopped> stopped(std::string why) { return tl::unexpected(Stopped{Stopped::By::database, std::move(why)}); }

}  // namespace

TEST_SUITE("WatchReport") {
    TEST_CASE("a database that is away for a moment is no news, and one that stays away is") {
        Bench bench;
        bench.happening.take(stopped("Gone."), now);
        bench.happening.take(stopped("Still gone."), now + 60'000);
        CHECK(bench.problems(now + 119'999).empty());
        REQUIRE(bench.problems(now + 120'000).size() == 1);
        CHECK(bench.problems(now + 120'000).front().message == "Still gone.");
        bench.happening.take(Round{}, now + 130'000);
        CHECK(bench.problems(now + 400'000).empty());
        bench.happening.take(stopped("Gone again."), now + 400'000);
        CHECK(bench.problems(now + 410'000).empty());
    }

    TEST_CASE("Get QOH that cannot be handed back is told when it lasts") {
        Bench bench;
        bench.happening.take_handback(stocktray::fail(stocktray::ErrorCode::storage, "No right."), now);
        CHECK(bench.problems(now + 60'000).empty());
        REQUIRE(bench.problems(now + 120'000).size() == 1);
        CHECK(bench.problems(now + 120'000).front().message == "No right.");
        bench.happening.take_handback({}, now + 130'000);
        CHECK(bench.problems(now + 400'000).empty());
    }

    TEST_CASE("a question stays until a reading is believed, whatever comes in between") {
        Bench bench;
        Round asks;
        asks.has_read = true;
        asks.question = "Really?";
        bench.happening.take(asks, now);
        bench.happening.take(Round{}, now);  // the watermark was the same
        REQUIRE(bench.problems().size() == 1);
        CHECK(bench.problems().front().message == "Really? Nothing of it was taken over.");
        CHECK(bench.problems().front().hint.find("touch /data/database-erp.accept") != std::string::npos);
        Round believed;
        believed.has_read = true;
        bench.happening.take(believed, now);
        CHECK(bench.problems().empty());
    }

    TEST_CASE("rows that cannot be taken are named, the first of them, and counted") {
        Bench bench;
        Round round;
        round.has_read = true;
        round.bad_rows = {"A: its count is NULL."};
        round.bad_row_count = 31;
        bench.happening.take(round, now);
        const auto problems = bench.problems();
        REQUIRE(problems.size() == 2);
        CHECK(problems[0].message == "A: its count is NULL.");
        CHECK(problems[1].message == "30 more rows of the query cannot be taken.");
    }

    TEST_CASE("a SKU that is refused again and again is told with the agent's words") {
        Bench bench;
        bench.state->save("A", Watched{.setbacks = 2, .trouble = "No."});
        CHECK(bench.problems().empty());
        bench.state->save("A", Watched{.setbacks = 3, .trouble = "No."});
        REQUIRE(bench.problems().size() == 1);
        CHECK(bench.problems().front().sku == "A");
        CHECK(bench.problems().front().message == "The count of A is not taken by the agent: No.");
    }

    TEST_CASE("SKUs that are gone are told in one sentence, for a week") {
        Bench bench;
        for (const auto* sku : {"A", "B"}) {
            bench.state->save(sku, Watched{.told = 5});
            bench.state->set_gone(sku, now);
        }
        REQUIRE(bench.problems().size() == 1);
        CHECK(bench.problems().front().message ==
              "2 SKUs are not in the query's answer any more, and keep their last count: A, B.");
        CHECK(bench.problems(now + std::int64_t{8} * 24 * 3'600'000).empty());
    }
}
