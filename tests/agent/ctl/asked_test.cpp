// get, send and undo with a person at the terminal.
#include <doctest/doctest.h>

#include "tests/agent/ctl/job_agent.h"
#include "tests/agent/ctl/typed.h"

namespace stocktray::ctl {
namespace {

using ipc::JobResult;
using testing::a_change_of;
using testing::an_item;
using testing::ctrl_c;
using testing::holds;
using testing::JobAgent;
using testing::type_to;

std::vector<std::string> at(const JobAgent& ctl, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--endpoint", ctl.scratch.endpoints().requests});
    return arguments;
}

void would_change_two(JobAgent& ctl) {
    ctl.preview = {a_change_of("A", JobResult::would_change, 5, 0),
                   a_change_of("B", JobResult::would_change, 5, 7), an_item("C", JobResult::waiting)};
    ctl.preview[2].cause = ipc::Cause::web_orders_not_imported;
    ctl.items = {a_change_of("A", JobResult::ok, 5, 0), a_change_of("B", JobResult::ok, 5, 7)};
}

}  // namespace

TEST_SUITE("ctl at a terminal") {
    TEST_CASE("send_shows_the_preview_asks_and_then_does_it") {
        JobAgent ctl;
        would_change_two(ctl);
        const auto typed = type_to(at(ctl, {"send", "main"}), {{"[y/N] ", "y\n"}});
        CHECK(typed.code == 0);
        CHECK(holds(typed.screen, "Preview of Send QOH To Website, Main Store (job 1)"));
        CHECK(holds(typed.screen,
                    "Replace 2 counts in Main Store? 1 becomes 0. 1 SKU waits for web orders. [y/N] "));
        CHECK(holds(typed.screen, "2 counts were changed in Main Store."));
        REQUIRE(ctl.started.size() == 2);
        CHECK(ctl.started[0].options.dry_run == true);
        CHECK(!ctl.started[1].options.dry_run);
        CHECK(ctl.started[0].id != ctl.started[1].id);
    }

    TEST_CASE("a_no_or_nothing_at_all_changes_nothing") {
        for (const std::string keys : {"n\n", "\n", "\x04"}) {
            JobAgent ctl;
            would_change_two(ctl);
            const auto typed = type_to(at(ctl, {"get", "main"}), {{"[y/N] ", keys}});
            CHECK(typed.code == 0);
            CHECK(holds(typed.screen, "Hand 2 counts of Main Store to the Order Manager?"));
            CHECK(holds(typed.screen, "Nothing was changed."));
            CHECK(ctl.started.size() == 1);
        }
    }

    TEST_CASE("nothing_to_change_asks_nothing") {
        JobAgent ctl;
        ctl.preview = {an_item("A", JobResult::ok)};
        const auto typed = type_to(at(ctl, {"undo", "main", "4"}), {});
        CHECK(typed.code == 0);
        CHECK(holds(typed.screen, "There is nothing to change."));
        CHECK(ctl.started.size() == 1);
    }

    TEST_CASE("ctrl_c_leaves_the_job_to_the_agent_and_says_so") {
        JobAgent ctl;
        ctl.ends = ipc::JobState::running;
        const auto typed = type_to(at(ctl, {"send", "main", "--yes"}), {{"Main Store", ctrl_c}});
        CHECK(typed.code == 130);
        CHECK(holds(typed.screen, "Job 1 goes on in the agent."));
        CHECK(holds(typed.screen, "stocktrayctl jobs cancel 1"));
        CHECK(ctl.cancelled.empty());
    }

    TEST_CASE("ctrl_c_ends_a_preview") {
        JobAgent ctl;
        ctl.agent.on_raw("jobs.get", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            auto job = ctl.job(1);
            job.state = ipc::JobState::running;
            job.finished_at.reset();
            server.reply_ok(request.from, job);
        });
        const auto typed = type_to(at(ctl, {"send", "main"}), {{"Main Store", ctrl_c}});
        CHECK(typed.code == 130);
        CHECK(holds(typed.screen, "Nothing was changed."));
        CHECK(ctl.cancelled == std::vector<std::int64_t>{1});
    }
}

}  // namespace stocktray::ctl
