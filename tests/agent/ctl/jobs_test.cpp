// jobs, explain, pull and drift.
#include <doctest/doctest.h>

#include "agent/ctl/output/words.h"
#include "ipc/codec/json.h"
#include "ipc/messages/takeover.h"
#include "tests/agent/ctl/job_agent.h"

namespace stocktray::ctl {
namespace {

using ipc::JobResult;
using testing::an_item;
using testing::Ctl;
using testing::holds;
using testing::JobAgent;
namespace jobs = ipc::jobs;

}  // namespace

TEST_SUITE("ctl jobs") {
    TEST_CASE("list_is_a_table_of_what_was_done_by_whom") {
        Ctl ctl;
        jobs::Job send{.job = 12,
                       .kind = ipc::JobKind::send_qoh,
                       .cart = "main",
                       .state = ipc::JobState::done,
                       .done = 300,
                       .total = 300,
                       .started_at = now_ms(),
                       .by = "Jane"};
        send.counts.waiting = 2;
        jobs::Job undo{.job = 11,
                       .kind = ipc::JobKind::undo,
                       .cart = "main",
                       .state = ipc::JobState::blocked,
                       .undoes = 9,
                       .started_at = now_ms()};
        const auto asked = ctl.answer<jobs::List>({{send, undo}, "11"});
        const auto said = ctl.run({"jobs", "list", "--cart", "main", "--limit", "2"});
        CHECK(said.code == 0);
        CHECK(asked->cart == "main");
        CHECK(asked->limit == 2);
        CHECK(holds(said.out, "done; SKUs wait"));
        CHECK(holds(said.out, "Undo of job 9"));
        CHECK(holds(said.out, "the agent"));
        CHECK(holds(said.out, "There are more: --limit"));
        CHECK(holds(ctl.run({"jobs", "list", "--json"}).out, R"("by": "Jane")"));
    }

    TEST_CASE("show_has_the_exit_code_of_the_job") {
        JobAgent ctl;
        ctl.items = {an_item("A", JobResult::different)};
        CHECK(ctl.run({"audit", "main"}).code == 2);
        const auto said = ctl.run({"jobs", "show", "1"});
        CHECK(said.code == 2);
        CHECK(holds(said.out, "1 SKU differs and was not changed."));
        CHECK(said.out.starts_with("Audit, Main Store (job 1): "));
        CHECK(ctl.run({"jobs", "show", "1", "--json"}).code == 2);
        CHECK(ctl.run({"jobs", "show", "x"}).code == 64);
    }

    TEST_CASE("cancel_says_what_stays") {
        JobAgent ctl;
        const auto said = ctl.run({"jobs", "cancel", "5"});
        CHECK(said.code == 0);
        CHECK(holds(said.out, "Job 5 was ended. What it did before stays (undo takes a Get or a Send back); what was not sent yet is withdrawn."));
        CHECK(ctl.cancelled == std::vector<std::int64_t>{5});
        ctl.refuse<jobs::Cancel>({ipc::Code::conflict, "Job 5 is done by now.", {}});
        CHECK(ctl.run({"jobs", "cancel", "5"}).code == 5);
    }

    TEST_CASE("results_come_page_by_page_as_table_json_and_csv") {
        JobAgent ctl;
        for (const auto* sku : {"A", "B", "C", "D", "E"})
            ctl.items.push_back(an_item(sku, *sku == 'C' ? JobResult::different : JobResult::waiting));
        CHECK(ctl.run({"audit", "main", "--no-wait"}).code == 0);
        CHECK(holds(ctl.run({"jobs", "results", "1"}).out, "E    waits\n"));
        const auto json = ctl.run({"jobs", "results", "1", "--result", "waiting", "--json"});
        CHECK(json.code == 0);
        CHECK(ipc::from_json(json.out));
        CHECK(holds(json.out, R"("sku":"E")"));
        CHECK(!holds(json.out, R"("sku":"C")"));
        CHECK(ctl.run({"jobs", "results", "1", "--result", "different", "--csv", "-"}).out ==
              "sku,store_sku,order_manager,store_before,after,difference,result,cause,why\r\nC,C,,,,0,"
              "different,,\r\n");
        CHECK(ctl.run({"jobs", "results", "1", "--result", "error"}).out == "No SKU with that result.\n");
        const auto none = ctl.run({"jobs", "results", "1", "--result", "error", "--json"});
        CHECK(none.out == "{\"items\": []}\n");
        CHECK(ctl.run({"jobs", "results", "1", "--result", "strange"}).code == 64);
    }
}

TEST_SUITE("ctl explain") {
    TEST_CASE("tells_both_counts_and_a_line_per_step") {
        Ctl ctl;
        ipc::qoh::ExplainResult result{
            .om_qoh = 9,
            .store_qoh = 7,
            .target = 9,
            .difference = -2,
            .text = "The Order Manager has 9, Main Store has 7: changed at the store."};
        result.steps.push_back(
            {.at = 1'764'000'000'000, .kind = "change", .delta = 2, .text = "Adjustment: +2 of A."});
        const auto asked = ctl.answer<ipc::qoh::Explain>(result);
        const auto said = ctl.run({"explain", "main", "A"});
        CHECK(said.code == 0);
        CHECK(asked->cart == "main");
        CHECK(asked->sku == "A");
        CHECK(said.out.starts_with("The Order Manager has 9, Main Store has 7: changed at the store.\n"));
        CHECK(holds(said.out, "Due there:     9 (\u22122)"));
        CHECK(holds(said.out, moment(1'764'000'000'000)));
        CHECK(holds(said.out, "Adjustment: +2 of A."));
        ctl.refuse<ipc::qoh::Explain>({ipc::Code::not_found, "There is no cart other.", {}});
        CHECK(ctl.run({"explain", "other", "A"}).code == 5);
    }
}

TEST_SUITE("ctl pull") {
    TEST_CASE("prints_what_is_to_be_added_and_how_to_acknowledge") {
        Ctl ctl;
        ipc::qoh::PullItem item{
            .cursor = "c.7", .sku = "=A", .qoh = 12, .delta = -3, .cart = "main", .job = 4};
        const auto asked = ctl.answer<ipc::qoh::Pull>({{item}, false});
        const auto said = ctl.run({"pull", "--consumer", "om-1"});
        CHECK(said.code == 0);
        CHECK(!asked->ack);
        CHECK(holds(said.out, "\u22123"));
        CHECK(holds(said.out, "stocktrayctl pull --consumer om-1 --ack c.7"));
        CHECK(ctl.run({"pull", "--consumer", "om-1", "--csv", "-"}).out ==
              "cursor,sku,delta,qoh,new_product,name,cart,job\r\nc.7,\"'=A\",-3,12,no,,main,4\r\n");
        CHECK(holds(ctl.run({"pull", "--consumer", "om-1", "--json"}).out, R"("sku": "=A")"));
    }

    TEST_CASE("acknowledges_and_names_what_was_skipped") {
        Ctl ctl;
        const auto asked = ctl.answer<ipc::qoh::Pull>({{}, false});
        CHECK(ctl.run({"pull", "--consumer", "om-1", "--ack", "c.9", "--skip", "c.8=no = item", "--limit",
                       "5", "--take-over"})
                  .code == 0);
        CHECK(asked->ack == "c.9");
        REQUIRE(asked->skipped);
        CHECK(asked->skipped->at(0).cursor == "c.8");
        CHECK(asked->skipped->at(0).reason == "no = item");
        CHECK(asked->limit == 5);
        CHECK(asked->take_over == true);
        CHECK(ctl.run({"pull", "--consumer", "om-1", "--skip", "c.8=x"}).code == 64);
        CHECK(ctl.run({"pull", "--consumer", "om-1", "--ack", "c.9", "--skip", "c.8"}).code == 64);
        CHECK(ctl.run({"pull"}).code == 64);
    }
}

TEST_SUITE("ctl drift") {
    TEST_CASE("ignores_for_a_while_until_a_time_or_no_longer") {
        Ctl ctl;
        const auto asked = ctl.answer<ipc::drift::Ignore>({});
        const auto before = now_ms();
        CHECK(ctl.run({"drift", "ignore", "main", "A", "--for", "2h"}).code == 0);
        CHECK(asked->until >= before + 7'200'000);
        CHECK(asked->id);
        CHECK(ctl.run({"drift", "ignore", "main", "A", "--until", "2100-01-01"}).code == 0);
        CHECK(asked->until > before + 7'200'000);
        const auto ended = ctl.run({"drift", "ignore", "main", "A", "--for", "0"});
        CHECK(asked->until == 0);
        CHECK(holds(ended.out, "told again"));
        CHECK(ctl.run({"drift", "ignore", "main", "A"}).code == 64);
        CHECK(ctl.run({"drift", "ignore", "main", "A", "--for", "1h", "--until", "2100-01-01"}).code == 64);
        CHECK(ctl.run({"drift", "ignore", "main", "A", "--until", "soon"}).code == 64);
    }
}

}  // namespace stocktray::ctl
