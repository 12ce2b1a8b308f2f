#include <doctest/doctest.h>

#include "tray/model/job_results.h"

namespace stocktray::tests {
namespace {

using ipc::Cause;
using ipc::JobResult;
using ipc::jobs::ResultItem;
using Skus = std::vector<std::string>;

ResultItem a_line(std::string sku, JobResult result, std::int64_t before = 5, std::int64_t after = 7) {
    ResultItem item;
    item.sku = sku;
    item.store_sku = std::move(sku);
    item.before = before;
    item.after = after;
    item.delta = after - before;
    item.result = result;
    return item;
}

tray::JobResults a_preview() {
    tray::JobResults results;
    auto waiting = a_line("W-1", JobResult::waiting);
    waiting.cause = Cause::web_orders_not_imported;
    results.add({a_line("A-1", JobResult::would_change), a_line("A-2", JobResult::would_change, 5, 0),
                 a_line("b-3", JobResult::not_found), waiting});
    return results;
}

}  // namespace

TEST_SUITE("JobResults") {
    TEST_CASE("what_is_left_out_is_neither_counted_nor_selected_and_what_waits_stays") {
        auto results = a_preview();
        CHECK_FALSE(results.selection());
        CHECK(results.tally().changed == 2);
        CHECK(results.tally().to_zero == 1);
        results.tick(1, false);
        results.tick(1, false);
        CHECK(results.tally().changed == 1);
        CHECK(results.tally().to_zero == 0);
        CHECK(results.left_out() == 1);
        CHECK(results.selection() == Skus{"A-1", "W-1"});
        results.tick(1, true);
        CHECK_FALSE(results.selection());
        CHECK(results.tally() == a_preview().tally());
    }

    TEST_CASE("only_what_would_change_has_a_tick") {
        auto results = a_preview();
        results.tick(2, false);
        results.tick(3, false);
        CHECK(results.left_out() == 0);
        auto unknown = a_line("N-1", JobResult::would_change);
        unknown.cause = Cause::only_at_store;
        results.add({unknown});
        CHECK(results.has_tick(4));
        CHECK(results.tally().new_products == 1);
        CHECK(results.tally().changed == 2);
    }

    TEST_CASE("a_filter_looks_at_sku_and_reason_whatever_their_case") {
        auto results = a_preview();
        results.set_filter("B-", std::nullopt);
        CHECK(results.shown() == std::vector<std::size_t>{2});
        results.set_filter("WEB orders", std::nullopt);
        CHECK(results.shown() == std::vector<std::size_t>{3});
        results.set_filter("", JobResult::would_change);
        CHECK(results.shown() == std::vector<std::size_t>{0, 1});
        results.add({a_line("A-9", JobResult::would_change), a_line("A-8", JobResult::ok)});
        CHECK(results.shown() == std::vector<std::size_t>{0, 1, 4});
    }

    TEST_CASE("all_that_is_shown_is_ticked_or_left_out_at_once") {
        auto results = a_preview();
        results.set_filter("a-1", std::nullopt);
        results.tick_shown(false);
        CHECK(results.selection() == Skus{"A-2", "W-1"});
        results.set_filter("", std::nullopt);
        results.tick_shown(true);
        CHECK_FALSE(results.selection());
    }

    TEST_CASE("pasted_skus_are_taken_each_once_in_their_order") {
        CHECK(tray::skus_of_text(" 1234-Red\r\nA 1, B;A 1\t\n\n  C ") == Skus{"1234-Red", "A 1", "B", "C"});
        CHECK(tray::skus_of_text(" \n, ;").empty());
    }
}

}  // namespace stocktray::tests
