#include <doctest/doctest.h>

#include "tray/model/job_words.h"

namespace stocktray::tests {
namespace {

using ipc::JobKind;
using ipc::JobState;
using ipc::jobs::Job;

constexpr std::int64_t now = 1'700'000'000'000;

Job a_preview(JobKind kind) {
    return {.job = 1, .kind = kind, .cart = "main", .state = JobState::done, .dry_run = true};
}

}  // namespace

TEST_SUITE("job words") {
    TEST_CASE("the_question_before_a_send_has_its_numbers") {
        tray::JobTally tally{.changed = 214, .to_zero = 9};
        tally.waiting[ipc::Cause::web_orders_not_imported] = 2;
        CHECK(tray::question_words(a_preview(JobKind::send_qoh), tally, "Main Store") ==
              "Replace 214 counts in Main Store? 9 become 0. 2 SKUs wait for web orders to be imported.");
    }

    TEST_CASE("what_was_made_equal_is_not_called_unequal") {
        ipc::jobs::ResultItem line{.result = ipc::JobResult::ok, .cause = ipc::Cause::unaligned};
        CHECK(tray::why_words(line) == "had not been made equal before");
        line.result = ipc::JobResult::would_change;
        CHECK(tray::why_words(line) == "not made equal yet");
    }

    TEST_CASE("nothing_to_change_is_no_question") {
        CHECK(tray::question_words(a_preview(JobKind::send_qoh), {}, "Main Store").empty());
        tray::JobTally waiting;
        waiting.waiting[ipc::Cause::in_flight] = 1;
        CHECK(tray::question_words(a_preview(JobKind::send_qoh), waiting, "Main Store") ==
              "No count would change now. 1 SKU waits for posts under way.");
    }

    TEST_CASE("get_speaks_of_counts_and_of_new_products") {
        CHECK(tray::question_words(a_preview(JobKind::get_qoh), {.changed = 1, .new_products = 2}, "Shop") ==
              "Hand 1 count of Shop to the Order Manager? 2 new products are handed over.");
        CHECK(tray::question_words(a_preview(JobKind::undo), {.changed = 3}, "Shop") ==
              "Take back 3 changes in Shop?");
    }

    TEST_CASE("progress_tells_done_rate_and_time_left_or_what_it_waits_for") {
        Job job{.job = 1, .kind = JobKind::send_qoh, .cart = "main", .state = JobState::running};
        CHECK(tray::progress_words(job, now) == "It reads the store's counts.");
        job.doing = "compares the counts";
        job.done = 120;
        job.total = 200;
        job.per_second = 60;
        job.remaining_ms = 3'000;
        CHECK(tray::progress_words(job, now) ==
              "120 of 200 SKUs. It compares the counts. 60 SKUs a second. 3 seconds left.");
        job.until = now + 20'000;
        CHECK(tray::progress_words(job, now) ==
              "120 of 200 SKUs. It compares the counts. It goes on in 20 seconds.");
        job.state = JobState::waiting;
        job.waiting_for = ipc::WaitingFor::circuit_open;
        CHECK(tray::progress_words(job, now) == "120 of 200 SKUs. It waits for the store to answer again.");
    }

    TEST_CASE("a_summary_says_what_was_done_what_waits_and_what_needs_a_person") {
        Job job{.job = 1, .kind = JobKind::send_qoh, .cart = "main", .state = JobState::done, .done = 10};
        job.counts.ok = 8;
        job.counts.not_found = 1;
        job.counts.waiting = 1;
        tray::JobTally tally{.changed = 3, .to_zero = 1};
        tally.waiting[ipc::Cause::uncertain] = 1;
        const std::vector<std::string> lines{
            "Done: 10 SKUs.", "3 counts were replaced in Shop. 1 became 0.",
            "5 SKUs are equal on both sides. 1 SKU is not known to the store.",
            "1 SKU waits for a post of which it is not known whether it was applied. This goes on by "
            "itself."};
        CHECK(tray::summary_words(job, tally, "Shop", now) == lines);
    }

    TEST_CASE("an_undo_that_waits_for_the_order_manager_says_so") {
        Job job{.job = 2, .kind = JobKind::undo, .cart = "main", .state = JobState::done, .done = 2};
        job.counts.waiting = 2;
        tray::JobTally tally;
        tally.waiting[ipc::Cause::in_flight] = 2;
        const std::vector<std::string> lines{"Done: 2 SKUs.", "2 SKUs wait for the Order Manager. This goes on by itself.",
                                             "The Order Manager takes them over now."};
        CHECK(tray::summary_words(job, tally, "Shop", now) == lines);
        const std::string why = "The Order Manager is to change its count by -3.";
        CHECK(tray::why_words({.result = ipc::JobResult::waiting, .cause = ipc::Cause::in_flight, .text = why}) == why);
    }

    TEST_CASE("what_a_send_changed_to_something_else_is_not_called_unchanged") {
        Job job{.job = 2, .kind = JobKind::send_qoh, .cart = "main", .state = JobState::done, .done = 3};
        job.counts.different = 3;
        tray::JobTally tally;
        tally.add({.sku = "A", .before = 6, .after = 51, .delta = 51, .result = ipc::JobResult::different});
        tally.add({.sku = "B", .before = 6, .after = 6, .delta = 51, .result = ipc::JobResult::different});
        tally.add({.sku = "C", .before = 6, .after = 57, .delta = 51, .result = ipc::JobResult::different});
        const std::vector<std::string> lines{"Done: 3 SKUs.",
                                             "1 SKU was changed, but has not what was due. 1 SKU was told to the store, but "
                                             "could not be read back. 1 SKU differs and was not changed."};
        CHECK(tray::summary_words(job, tally, "Shop", now) == lines);
    }

    TEST_CASE("the_guard_speaks_in_numbers") {
        Job job{.job = 1, .kind = JobKind::send_qoh, .cart = "main", .state = JobState::blocked};
        job.blocked = ipc::jobs::Blocked{.code = "wipe",
                                         .compared = 100,
                                         .changed = 90,
                                         .by_half = 80,
                                         .to_zero = 70,
                                         .listed = 60,
                                         .listed_before = 100};
        const auto lines = tray::summary_words(job, {}, "Shop", now);
        REQUIRE(lines.size() == 2);
        CHECK(
            lines[1] ==
            "Of 100 counts 90 would change, 80 by more than half, and 70 would become 0. The store lists 60 "
            "SKUs now; its last complete list had 100.");
    }
}

}  // namespace stocktray::tests
