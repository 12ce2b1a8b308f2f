// get, send, audit and undo where nobody sits at a terminal.
#include <doctest/doctest.h>

#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include "agent/ctl/jobs/progress.h"
#include "agent/ctl/jobs/summary.h"
#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/words.h"
#include "ipc/codec/json.h"
#include "tests/agent/ctl/job_agent.h"
#include "tests/support/temp_dir.h"

namespace stocktray::ctl {
namespace {

using ipc::JobResult;
using testing::a_change_of;
using testing::an_item;
using testing::holds;
using testing::JobAgent;
using Strings = std::vector<std::string>;

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_SUITE("ctl get and send") {
    TEST_CASE("without_a_terminal_and_without_yes_they_refuse_and_start_nothing") {
        JobAgent ctl;
        for (const Strings& arguments : {Strings{"send", "main"}, {"get", "main"}, {"undo", "main", "3"}}) {
            const auto said = ctl.run(arguments);
            CHECK(said.code == 64);
            CHECK(holds(said.err, "--dry-run"));
            CHECK(holds(said.err, "--yes"));
        }
        CHECK(ctl.started.empty());
    }

    TEST_CASE("send_says_what_it_did_and_shows_what_is_not_plainly_well") {
        JobAgent ctl;
        ctl.items = {a_change_of("A", JobResult::ok, 5, 0), an_item("B", JobResult::ok),
                     an_item("C", JobResult::waiting), an_item("D", JobResult::not_found)};
        ctl.items[2].cause = ipc::Cause::web_orders_not_imported;
        ctl.items[3].text = "The store does not list this SKU.";
        const auto said = ctl.run({"send", "main", "--yes", "--by", "Jane"});
        CHECK(said.code == 1);
        CHECK(holds(said.out,
                    "Send QOH To Website, Main Store (job 1): 4 SKUs in 2 s.\n"
                    "1 count was changed in Main Store.\n1 of them became 0.\n"
                    "1 SKU is equal on both sides.\n"
                    "1 SKU waits for web orders. It goes on by itself.\n"
                    "1 SKU is not known to the store.\n"));
        CHECK(holds(said.out,
                    "SKU  WHAT              WHY\n"
                    "C    waits             web orders are not imported yet\n"
                    "D    not at the store  The store does not list this SKU.\n"));
        REQUIRE(ctl.started.size() == 1);
        CHECK(ctl.started[0].kind == ipc::JobKind::send_qoh);
        CHECK(ctl.started[0].by == "Jane");
        CHECK(ctl.started[0].id);
        CHECK(!ctl.started[0].options.skus);
    }

    TEST_CASE("options_reach_the_agent") {
        JobAgent ctl;
        CHECK(ctl.run({"get", "main", "--yes", "--create-records", "--allow-pending", "--sku", "A", "--sku",
                       "B"})
                  .code == 0);
        CHECK(ctl.run({"send", "main", "--yes", "--guard-override"}).code == 64);
        CHECK(ctl.run({"send", "main", "--yes", "--guard-override", "--reason", "spring sale"}).code == 0);
        CHECK(ctl.run({"undo", "main", "7", "--yes"}).code == 0);
        CHECK(ctl.run({"audit", "main", "--dry-run"}).code == 0);
        REQUIRE(ctl.started.size() == 4);
        CHECK(ctl.started[0].options.create_records == true);
        CHECK(ctl.started[0].options.allow_pending == true);
        CHECK(ctl.started[0].options.skus == Strings{"A", "B"});
        CHECK(ctl.started[1].options.guard_override == true);
        CHECK(ctl.started[1].reason == "spring sale");
        CHECK(ctl.started[2].options.job == 7);
        CHECK(ctl.started[3].options.dry_run == true);
    }

    TEST_CASE("skus_come_from_lines_or_from_a_csv_file_and_an_empty_one_is_no_word_for_all") {
        JobAgent ctl;
        const tests::TempDir folder;
        const auto file = [&](const std::string& name, const std::string& text) {
            std::ofstream{folder.path() / name} << text;
            return (folder.path() / name).string();
        };
        CHECK(ctl.run({"audit", "main", "--skus-from", file("lines", "A\r\n\n B \n")}).code == 0);
        CHECK(
            ctl.run({"audit", "main", "--skus-from", file("csv", "name,sku\r\nx,\"'=1\"\r\ny,B\r\n")}).code ==
            0);
        CHECK(ctl.run({"audit", "main", "--skus-from", file("empty", "\n")}).code == 65);
        CHECK(ctl.run({"audit", "main", "--skus-from", (folder.path() / "none").string()}).code == 66);
        REQUIRE(ctl.started.size() == 2);
        CHECK(ctl.started[0].options.skus == Strings{"A", "B"});
        CHECK(ctl.started[1].options.skus == Strings{"=1", "B"});
    }

    TEST_CASE("exit_codes_tell_well_from_waiting_from_a_person_needed") {
        const auto code_of = [](JobResult result) {
            JobAgent ctl;
            ctl.items = {an_item("A", result)};
            return ctl.run({"audit", "main"}).code;
        };
        CHECK(code_of(JobResult::ok) == 0);
        CHECK(code_of(JobResult::not_found) == 0);
        CHECK(code_of(JobResult::waiting) == 1);
        CHECK(code_of(JobResult::different) == 2);
        CHECK(code_of(JobResult::ambiguous) == 2);
        CHECK(code_of(JobResult::error) == 2);
        JobAgent failing;
        failing.ends = ipc::JobState::failed;
        CHECK(failing.run({"audit", "main"}).code == 2);
        CHECK(failing.run({"audit", "other"}).code == 5);
        CHECK(testing::run_ctl({"--endpoint", "ipc:///nowhere/rpc.sock", "audit", "main"}).code == 3);
    }

    TEST_CASE("a_blocked_job_tells_its_numbers_and_how_to_go_on") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::blocked;
        ctl.blocked = testing::jobs::Blocked{.code = "zeros",
                                             .message = "9 of 20 counts would become 0.",
                                             .compared = 20,
                                             .changed = 12,
                                             .by_half = 10,
                                             .to_zero = 9,
                                             .listed = 20,
                                             .listed_before = 20};
        const auto said = ctl.run({"send", "main", "--yes"});
        CHECK(said.code == 2);
        CHECK(holds(said.out, "stopped before it changed anything"));
        CHECK(holds(said.out, "9 of 20 counts would become 0."));
        CHECK(holds(said.out,
                    "Counts compared: 20. Would change: 12. By more than half: 10. Would become 0: 9."));
        CHECK(holds(said.out, "stocktrayctl send main --guard-override --reason"));
    }

    TEST_CASE("what_one_is_told_to_type_has_the_options_that_were_given") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::blocked;
        ctl.blocked = testing::jobs::Blocked{.code = "zeros", .message = "9 of 20 counts would become 0."};
        const auto said = ctl.run({"send", "main", "--yes", "--allow-pending", "--sku", "A", "--sku", "B's 2", "--csv", "/dev/null"});
        const std::string command = R"(stocktrayctl send main --sku A --sku 'B'\''s 2' --allow-pending)";
        CHECK(holds(said.out, command + " --dry-run --csv preview.csv\n"));
        CHECK(holds(said.out, command + " --guard-override --reason 'why it is right'\n"));

        ctl.ends = ipc::JobState::done;
        ctl.items = {an_item("A", JobResult::waiting)};
        ctl.items[0].cause = ipc::Cause::web_orders_not_imported;
        const auto waits = ctl.run({"get", "main", "--yes", "--sku", "A", "--create-records"});
        CHECK(holds(waits.out, "If you know that none waits: stocktrayctl get main --sku A --create-records --allow-pending\n"));
        // With which options another one was started is not known.
        const auto shown = ctl.run({"jobs", "show", "2"});
        CHECK(holds(shown.out, "If you know that none waits: start it again as before, and with --allow-pending\n"));
    }

    TEST_CASE("an_audit_that_only_names_says_why") {
        JobAgent ctl;
        ctl.message = "9 of 20 counts would become 0. What differs is named, and nothing is repaired by itself.";
        CHECK(holds(ctl.run({"audit", "main"}).out, *ctl.message));
    }

    TEST_CASE("a_blocked_audit_names_the_send_that_may_be_overridden") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::blocked;
        ctl.blocked = testing::jobs::Blocked{.code = "zeros", .message = "9 of 20 counts would become 0."};
        CHECK_MESSAGE(ctl.run({"audit", "main", "--guard-override", "--reason", "x"}).code == 64, "an audit has no such option");
        ctl.preview = {a_change_of("A", JobResult::would_change, 5, 0)};
        for (const auto& arguments : {Strings{"audit", "main", "--sku", "A"}, {"audit", "main", "--sku", "A", "--dry-run"}}) {
            const auto said = ctl.run(arguments);
            CHECK(!holds(said.out, "--guard-override"));
            CHECK(!holds(said.out, "stocktrayctl audit"));
            CHECK(holds(said.out, "Look at every SKU first: stocktrayctl send main --sku A --dry-run --csv preview.csv\n"));
            CHECK(holds(said.out, "If it is right, send the counts: stocktrayctl send main --sku A\n"));
        }
        CHECK(holds(ctl.run({"jobs", "show", "1"}).out, "If it is right, send the counts: stocktrayctl send main\n"));
        const tests::TempDir folder;
        CHECK_MESSAGE(ctl.run({"send", "main", "--sku", "A", "--dry-run", "--csv", (folder.path() / "preview.csv").string()}).code == 0,
                      "what is named can be typed");
    }

    TEST_CASE("a_sku_that_was_named_and_is_not_known_is_5_and_who_does_not_know_it_is_said") {
        JobAgent ctl;
        ctl.items = {an_item("B", JobResult::not_found), an_item("NOTTHERE", JobResult::not_found)};
        ctl.items[0].cause = ipc::Cause::only_here;
        ctl.items[1].cause = ipc::Cause::unknown;
        ctl.items[1].text = "The Order Manager does not know this SKU.";
        ctl.preview = ctl.items;
        for (const auto& arguments : {Strings{"audit", "main", "--sku", "NOTTHERE", "--sku", "B"}, {"send", "main", "--yes", "--sku", "NOTTHERE"},
                                      {"send", "main", "--dry-run", "--sku", "NOTTHERE"}}) {
            const auto said = ctl.run(arguments);
            CHECK(said.code == 5);
            CHECK(holds(said.out, "1 SKU is not known to the store.\n1 SKU is not known to the Order Manager.\n"));
            CHECK(holds(said.out, "NOTTHERE  not known         The Order Manager does not know this SKU.\n"));
            CHECK(holds(said.out, "B         not at the store  the store does not know it\n"));
        }
        CHECK_MESSAGE(ctl.run({"audit", "main"}).code == 0, "of all SKUs of a shop some are not in this store");
        ctl.items[0] = an_item("C", JobResult::different);
        CHECK(ctl.run({"audit", "main", "--sku", "NOTTHERE", "--sku", "C"}).code == 2);
    }

    TEST_CASE("a_preview_says_that_the_guard_would_ask") {
        JobAgent ctl;
        ctl.preview = {a_change_of("A", JobResult::would_change, 5, 0), an_item("B", JobResult::waiting)};
        ctl.blocked = testing::jobs::Blocked{.code = "zeros",
                                             .message = "9 of 10 counts would become 0.",
                                             .compared = 10,
                                             .changed = 9,
                                             .by_half = 9,
                                             .to_zero = 9};
        for (const auto* kind : {"get", "send"}) {
            const auto said = ctl.run({kind, "main", "--dry-run"});
            CHECK(said.code == 1);
            CHECK(
                holds(said.out,
                      "The guard would stop it before it changed anything: 9 of 10 counts would become 0."));
            CHECK(holds(said.out, "Counts compared: 10. Would change: 9."));
            CHECK(holds(said.out, std::string{"stocktrayctl "} + kind + " main --guard-override"));
            CHECK(!holds(said.out, "by itself"));
        }
    }

    TEST_CASE("json_is_the_job_and_all_its_lines") {
        JobAgent ctl;
        ctl.items = {a_change_of("A", JobResult::ok, 5, 7), an_item("B", JobResult::waiting),
                     an_item("C", JobResult::ok)};
        const auto said = ctl.run({"send", "main", "--yes", "--json"});
        CHECK(said.code == 1);
        CHECK(said.err.empty());
        const auto bytes = ipc::from_json(said.out);
        REQUIRE(bytes);
        const auto document = ipc::Document::parse(*bytes);
        CHECK(holds(said.out, R"("job": {)"));
        CHECK(holds(said.out, R"("items": [)"));
        CHECK(holds(said.out, R"("state": "done")"));
        CHECK(holds(said.out, R"("sku": "C")"));
        CHECK(ctl.run({"send", "main", "--json"}).code == 64);
    }

    TEST_CASE("no_wait_prints_the_number_alone") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::running;
        CHECK(ctl.run({"audit", "main", "--no-wait"}).out == "1\n");
        const auto json = ctl.run({"audit", "main", "--no-wait", "--json"});
        CHECK(json.code == 0);
        CHECK(holds(json.out, R"("job": 2)"));
    }

    TEST_CASE("csv_keeps_numbers_and_makes_formulas_harmless") {
        JobAgent ctl;
        ctl.items = {a_change_of("+A", JobResult::ok, 5, -2), an_item("B,\"x\"", JobResult::waiting)};
        ctl.items[0].text = "=HYPERLINK(\"http://x\")";
        const tests::TempDir folder;
        const auto file = (folder.path() / "out.csv").string();
        CHECK(ctl.run({"send", "main", "--yes", "--csv", file}).code == 1);
        CHECK(text_of(file) ==
              "sku,store_sku,order_manager,store_before,after,difference,result,cause,why\r\n"
              "\"'+A\",\"'+A\",-2,5,-2,-7,ok,,\"'=HYPERLINK(\"\"http://x\"\")\"\r\n"
              "\"B,\"\"x\"\"\",\"B,\"\"x\"\"\",,,,0,waiting,,\r\n");
        const auto said = ctl.run({"send", "main", "--yes", "--csv", "-"});
        CHECK(said.out.starts_with("sku,store_sku"));
        CHECK(!holds(said.out, "Main Store"));
        CHECK(holds(said.err, "Main Store"));
        const auto before = ctl.started.size();
        CHECK(ctl.run({"send", "main", "--yes", "--csv", "/nowhere/x.csv"}).code == 73);
        CHECK(ctl.started.size() == before);
    }

    TEST_CASE("a_job_is_followed_by_its_events") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::running;
        std::int64_t asked = 0;
        ctl.agent.on_raw("jobs.get", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            ++asked;
            server.reply_ok(request.from, ctl.job(1));
            ctl.ends = ipc::JobState::done;
            ipc::events::JobFinished finished;
            static_cast<testing::jobs::Job&>(finished) = ctl.job(1);
            finished.job = 99;
            finished.state = ipc::JobState::failed;
            server.publish(finished);  // of another job
            static_cast<testing::jobs::Job&>(finished) = ctl.job(1);
            server.publish(finished);
        });
        const auto said = ctl.run({"audit", "main"});
        CHECK(said.code == 0);
        CHECK(asked == 1);
        CHECK(holds(said.err, "Audit, Main Store: reading the store's counts."));
    }
}

TEST_SUITE("ctl following a job") {
    TEST_CASE("asks_for_its_state_again_when_events_may_be_missing") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::running;
        std::int64_t asked = 0;
        ctl.agent.on_raw("jobs.get", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            if (++asked == 2) ctl.ends = ipc::JobState::done;
            // More than the socket holds while nobody reads: the agent leaves some out.
            ipc::events::JobProgress other;
            other.job = 99;
            other.cart = "main";
            for (int i = 0; i < 60'000 && asked == 1; ++i) server.publish(other);
            server.reply_ok(request.from, ctl.job(1));
        });
        CHECK(ctl.run({"audit", "main"}).code == 0);
        CHECK(asked == 2);
    }

    TEST_CASE("an_agent_that_does_not_come_back_is_not_waited_for_forever") {
        auto ctl = std::make_unique<JobAgent>();
        ctl->ends = ipc::JobState::running;
        std::promise<void> asked;
        bool is_asked = false;
        const auto endpoint = ctl->scratch.endpoints().requests;
        ctl->agent.on_raw("jobs.get", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            server.reply_ok(request.from, ctl->job(1));
            if (!std::exchange(is_asked, true)) asked.set_value();
        });
        // Long enough for the answers that come before the agent goes; afterwards it is waited three times as long.
        auto said = std::async(std::launch::async, [&] {
            return testing::run_ctl_at(endpoint, {"--timeout", "2", "audit", "main"});
        });
        const auto is_followed = asked.get_future();
        const auto is_ready = [](const auto& one) { return one.wait_for(std::chrono::seconds{0}) == std::future_status::ready; };
        CHECK(tests::wait_until([&] { return is_ready(is_followed) || is_ready(said); }, std::chrono::seconds{120}));
        ctl.reset();
        const auto result = said.get();
        CHECK(result.code == 4);
        CHECK(holds(result.err, "The agent is gone."));
        CHECK(holds(result.err, "stocktrayctl jobs show 1"));
    }
}

TEST_SUITE("Summary") {
    TEST_CASE("an_undo_that_waits_for_the_order_manager_says_so") {
        ipc::jobs::Job job{.job = 2, .kind = ipc::JobKind::undo, .cart = "main", .state = ipc::JobState::done, .undoes = 1, .done = 2};
        job.counts.waiting = 2;
        Tally tally;
        tally.waiting[ipc::Cause::in_flight] = 2;
        const auto lines = summary(job, tally, "Main", {});
        REQUIRE(lines.size() == 3);
        CHECK(lines[1] == "2 SKUs wait for what is under way. They go on by themselves.");
        CHECK(holds(lines[2], "The Order Manager takes them over now"));
        CHECK(exit_code_of(job) == ExitCode::behind);
    }
}

TEST_SUITE("Summary of a Send") {
    TEST_CASE("what_was_changed_and_has_not_what_was_due_is_not_called_unchanged") {
        ipc::jobs::Job job{.job = 2, .kind = ipc::JobKind::send_qoh, .cart = "main", .state = ipc::JobState::done, .done = 3};
        job.counts.different = 3;
        Tally tally;
        tally.add({.sku = "A", .before = 6, .after = 51, .delta = 51, .result = JobResult::different});
        tally.add({.sku = "B", .before = 6, .after = 6, .delta = 51, .result = JobResult::different});
        tally.add({.sku = "C", .before = 6, .after = 57, .delta = 51, .result = JobResult::different});
        const auto lines = summary(job, tally, "Main", {});
        REQUIRE(lines.size() == 4);
        CHECK(lines[1] == "1 SKU was changed, but has not what was due.");
        CHECK(lines[2] == "1 SKU was told to the store, but could not be read back.");
        CHECK(lines[3] == "1 SKU differs and was not changed.");
    }
}

TEST_SUITE("Progress") {
    TEST_CASE("a_job_of_a_cart_that_was_removed_is_told_so") {
        CHECK(title({.kind = ipc::JobKind::send_qoh}, "") == "Send QOH To Website, a removed cart");
        CHECK(title({.kind = ipc::JobKind::send_qoh}, "Main Store") == "Send QOH To Website, Main Store");
    }

    TEST_CASE("tells_how_far_how_fast_and_how_long_within_the_columns") {
        ipc::jobs::Job job{.state = ipc::JobState::running,
                           .done = 50,
                           .total = 200,
                           .per_second = 25,
                           .remaining_ms = 6'000};
        CHECK(progress_line(job, "Audit, Main") == "Audit, Main: 50 of 200 SKUs, 25 a second, 6 s left.");
        CHECK(progress_bar(job, "Audit", 70) ==
              "Audit  [#####-----------------]  50 of 200 SKUs, 25 a second, 6 s left");
        CHECK(progress_bar(job, "Audit of \u00fc", 12) == "Audit of \u00fc:\u2026");
        job.doing = "waits before it looks at the counts again";
        std::string line;
        std::int64_t begun = 0;
        do {
            begun = now_ms();
            job.until = begun + 7'500;
            line = progress_line(job, "Audit");
        } while (now_ms() - begun >= 500);  // less than 7 seconds may have been left
        CHECK(line == "Audit: 50 of 200 SKUs, waits before it looks at the counts again (7 s).");
        job.until = now_ms() - 1;
        CHECK(progress_line(job, "Audit") ==
              "Audit: 50 of 200 SKUs, waits before it looks at the counts again, 25 a second, 6 s left.");
        CHECK(progress_line({.state = ipc::JobState::running, .doing = "reads the store's counts"},
                            "Audit") == "Audit: reads the store's counts.");
        job.state = ipc::JobState::waiting;
        job.waiting_for = ipc::WaitingFor::circuit_open;
        CHECK(progress_line(job, "Audit") == "Audit: 50 of 200 SKUs, waits for the store to answer again.");
    }
}

}  // namespace stocktray::ctl
