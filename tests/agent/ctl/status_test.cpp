#include <doctest/doctest.h>

#include "agent/ctl/verdict.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using ipc::agent::CartStatus;
using ipc::agent::Status;
using ipc::agent::StatusResult;
using ipc::alerts::Alert;
using testing::Ctl;
using testing::holds;

CartStatus a_cart(ipc::Health health = ipc::Health::ok) {
    return {.cart = "main",
            .name = "Main Store",
            .health = health,
            .synchronize_inventory = true,
            .last_confirmed_at = 1'800'000'000'000};
}

StatusResult a_status(std::vector<CartStatus> carts) {
    return {.run = "run-1", .synch_qoh = true, .carts = std::move(carts)};
}

testing::Said run_with(const StatusResult& status, std::vector<Alert> alerts = {},
                       std::vector<std::string> more = {}) {
    Ctl ctl;
    ctl.answer<Status>(status);
    ctl.answer<ipc::alerts::List>({std::move(alerts)});
    more.insert(more.begin(), "status");
    return ctl.run(more);
}

}  // namespace

TEST_SUITE("ctl status") {
    TEST_CASE("all_well_is_0") {
        const auto said = run_with(a_status({a_cart()}));
        CHECK(said.code == 0);
        CHECK(holds(said.out, "Main Store"));
        CHECK(holds(said.out, "All is well."));
        CHECK(said.err.empty());
    }

    TEST_CASE("counts_that_were_never_compared_are_not_well_and_what_to_do_is_said") {
        auto cart = a_cart();
        cart.unaligned_since = 1'800'000'000'000;
        const auto said = run_with(a_status({cart}));
        CHECK(holds(said.out, "The counts of Main Store have not been compared since "));
        CHECK(holds(said.out, "stocktrayctl audit main"));
        CHECK(holds(said.out, "stocktrayctl send main"));
        CHECK(holds(said.out, "stocktrayctl get main"));
        CHECK_FALSE(holds(said.out, "All is well."));
        CHECK(holds(run_with(a_status({cart}), {}, {"--json"}).out, "\"unaligned_since\""));
        CHECK_FALSE(holds(run_with(a_status({a_cart()}), {}, {"--json"}).out, "unaligned_since"));
    }

    TEST_CASE("a_late_cart_is_1_and_is_told_with_cause_and_cure") {
        auto cart = a_cart(ipc::Health::late);
        cart.late = cart.queued = 3;
        cart.oldest_age_ms = 130'000;
        cart.last_error = {"page_not_found", "Its script answers with an error page (404).",
                           "Check the Script URL."};
        const auto said = run_with(a_status({cart}));
        CHECK(said.code == 1);
        CHECK(holds(said.out,
                    "Main Store has not followed for 2 min. Its script answers with an error page (404). "
                    "Check the Script URL."));
    }

    TEST_CASE("a_refused_login_is_2_and_says_that_nothing_is_lost") {
        auto cart = a_cart(ipc::Health::credentials);
        cart.queued = 12;
        const auto said = run_with(a_status({cart}));
        CHECK(said.code == 2);
        CHECK(holds(said.out,
                    "Not authorized at Main Store: user name or password differ from the store's. Nothing "
                    "is lost; 12 posts wait."));
    }

    TEST_CASE("an_alert_that_asks_for_a_decision_is_2") {
        Alert alert{.alert = "1", .kind = ipc::AlertKind::needs_decision, .severity = ipc::Severity::warning};
        alert.message = "Please decide about 1 post.";
        const auto said = run_with(a_status({a_cart()}), {alert});
        CHECK(said.code == 2);
        CHECK(holds(said.out, "Please decide about 1 post."));
    }

    TEST_CASE("of_many_alerts_the_gravest_are_told_and_how_many_more_there_are") {
        std::vector<Alert> alerts(30, {.kind = ipc::AlertKind::needs_decision, .severity = ipc::Severity::warning});
        for (std::size_t n = 0; n < alerts.size(); ++n) alerts[n].message = "Decide about " + std::to_string(n) + ".";
        alerts.back().severity = ipc::Severity::critical;
        const auto said = run_with(a_status({a_cart()}), alerts).out;
        CHECK(said.find("Decide about 29.") < said.find("Decide about 0."));
        CHECK(holds(said, "Decide about 18."));
        CHECK_FALSE(holds(said, "Decide about 19."));
        CHECK(holds(said, "10 more: stocktrayctl alerts\n"));
        alerts.resize(20);
        CHECK_FALSE(holds(run_with(a_status({a_cart()}), alerts).out, "more:"));
    }

    TEST_CASE("no_agent_is_3_at_once") {
        const ipc::testing::Scratch scratch;
        const auto said = testing::run_ctl({"status", "--endpoint", scratch.endpoints().requests});
        CHECK(said.code == 3);
        CHECK(holds(said.err, "Is stocktray-agent running?"));
    }

    TEST_CASE("an_agent_that_is_silent_is_4") {
        Ctl ctl;
        ctl.agent.on_raw("agent.status", [](ipc::RpcServer&, ipc::IncomingRequest&) {});
        CHECK(ctl.run({"status", "--timeout", "0.05"}).code == 4);
    }

    TEST_CASE("json_is_the_agents_answer_and_keeps_the_exit_code") {
        auto cart = a_cart(ipc::Health::slow);
        cart.slow = 1;
        const auto said = run_with(a_status({cart}), {}, {"--json"});
        CHECK(said.code == 1);
        CHECK(holds(said.out, R"("health": "slow")"));
        CHECK(said.err.empty());
    }

    TEST_CASE("an_error_is_json_too") {
        const ipc::testing::Scratch scratch;
        const auto said = testing::run_ctl({"status", "--json", "--endpoint", scratch.endpoints().requests});
        CHECK(said.code == 3);
        CHECK(holds(said.out, R"("code": "no_agent")"));
    }

    TEST_CASE("a_name_cannot_move_the_cursor") {
        auto cart = a_cart();
        cart.name = "Main\x1b[2J\nStore";
        const auto said = run_with(a_status({cart}));
        CHECK(!holds(said.out, "\x1b"));
        CHECK(holds(said.out, "Main\uFFFD[2J Store"));
    }

    TEST_CASE("a_store_that_does_not_answer_is_told_before_anything_is_late") {
        auto cart = a_cart(ipc::Health::circuit_open);
        cart.queued = 1;
        cart.last_error = {"connect", "The web server could not be reached.", ""};
        const auto said = run_with(a_status({cart}));
        CHECK(said.code == 1);
        CHECK(holds(said.out, "Main Store does not answer. The web server could not be reached."));
    }

    TEST_CASE("a_paused_cart_with_posts_is_no_trouble_but_is_said") {
        auto cart = a_cart(ipc::Health::paused);
        cart.paused = true;
        cart.queued = 1;
        const auto said = run_with(a_status({cart}));
        CHECK(said.code == 0);
        CHECK(holds(said.out, "Main Store is paused: 1 post waits."));
        CHECK(!holds(said.out, "All is well."));
    }

    TEST_CASE("all_is_not_well_while_counts_differ") {
        Alert alert{.alert = "1", .kind = ipc::AlertKind::drift, .severity = ipc::Severity::warning};
        alert.message = "3 SKUs of Main Store differ.";
        const auto said = run_with(a_status({a_cart()}), {alert});
        CHECK(said.code == 2);
        CHECK(holds(said.out, "3 SKUs of Main Store differ."));
        CHECK(!holds(said.out, "All is well."));
    }

    TEST_CASE("of_a_store_that_has_confirmed_nothing_all_is_well_is_not_said") {
        auto cart = a_cart();
        cart.last_confirmed_at = 0;
        const auto said = run_with(a_status({cart}));
        CHECK(said.code == 0);
        CHECK(holds(said.out, "Nothing waits."));
        CHECK(!holds(said.out, "All is well."));
    }

    TEST_CASE("nothing_follows_where_no_cart_is_synchronized") {
        auto cart = a_cart(ipc::Health::off);
        cart.synchronize_inventory = false;
        const auto said = run_with(a_status({cart}));
        CHECK(holds(said.out, "No cart is synchronized. Begin with one:"));
        CHECK(!holds(said.out, "All is well."));
        CHECK(!holds(run_with(a_status({})).out, "All is well."));
    }

    TEST_CASE("synchqoh_off_is_said") {
        auto status = a_status({a_cart()});
        status.synch_qoh = false;
        CHECK(holds(run_with(status).out, "QOH synchronization is off for all carts (SynchQOH)."));
    }
}

TEST_SUITE("verdict") {
    TEST_CASE("a_person_goes_before_lateness") {
        auto cart = a_cart(ipc::Health::late);
        cart.late = cart.rejected = 1;
        CHECK(verdict(a_status({cart}), {}) == ExitCode::person_needed);
    }

    TEST_CASE("a_restored_agent_waits_for_a_person") {
        auto status = a_status({});
        status.restored = true;
        CHECK(verdict(status, {}) == ExitCode::person_needed);
    }

    TEST_CASE("a_store_that_does_not_answer_is_behind_before_anything_is_late") {
        CHECK(verdict(a_status({a_cart(ipc::Health::circuit_open)}), {}) == ExitCode::behind);
    }

    TEST_CASE("an_alert_that_only_informs_changes_nothing") {
        Alert alert{.alert = "1", .kind = ipc::AlertKind::recovered};
        CHECK(verdict(a_status({a_cart()}), {alert}) == ExitCode::good);
    }

    TEST_CASE("uncertain_posts_that_are_being_checked_need_nobody") {
        auto cart = a_cart();
        cart.uncertain = cart.parked = 2;
        CHECK(verdict(a_status({cart}), {}) == ExitCode::good);
        cart.waiting_for = ipc::WaitingFor::person;
        CHECK(verdict(a_status({cart}), {}) == ExitCode::person_needed);
    }
}

}  // namespace stocktray::ctl
