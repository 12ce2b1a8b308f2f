// alerts.*: what a person should know of.
#include <doctest/doctest.h>

#include "tests/agent/bench.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("Alerts") {
    TEST_CASE("an alert is raised once per cause, told, dismissed, and not found again") {
        Bench bench;
        Listener listener{bench.agent, {"alert"}};
        bench.submit("c1", "NOWHERE-1", -2);
        const auto raised = listener.wait_for<ipc::events::AlertRaised>();
        REQUIRE(raised);
        CHECK(raised->kind == ipc::AlertKind::needs_decision);
        CHECK(raised->sku == "NOWHERE-1");
        CHECK(!raised->message.empty());
        CHECK(!raised->hint.empty());
        ipc::alerts::Dismiss dismiss;
        dismiss.alert = raised->alert;
        dismiss.id = "call-1";
        bench.agent.must(dismiss);
        CHECK(outcome(bench.agent, dismiss) == "answered");
        CHECK(bench.agent.must(ipc::alerts::List{}).alerts.empty());
        const auto cleared = listener.wait_for<ipc::events::AlertCleared>();
        REQUIRE(cleared);
        CHECK(cleared->alert == raised->alert);
        dismiss.id.reset();
        CHECK(outcome(bench.agent, dismiss) == "not_found");
        dismiss.alert = "no number";
        CHECK(outcome(bench.agent, dismiss) == "not_found");
        // It does not end the cause.
        CHECK(bench.cart().rejected == 1);
    }

    TEST_CASE("a late cart is named with its cause, and the alert goes when it has followed") {
        Bench bench;
        set_parameter(bench.agent, "LatenessSeconds", std::int64_t{1});
        set_parameter(bench.agent, "SlowSeconds", std::int64_t{1});
        bench.store.stop();
        bench.submit("c1", "SKU-0002", -1);
        // It is late after a second, whether or not the store has been found to be away by then.
        REQUIRE(eventually([&] { return bench.alert(ipc::AlertKind::late).has_value() && bench.cart().last_error; }));
        const auto alert = *bench.alert(ipc::AlertKind::late);
        CHECK(alert.cart == "main");
        CHECK(!alert.message.empty());
        CHECK(!alert.hint.empty());
        CHECK(bench.cart().late == 1);
        bench.store.start();
        REQUIRE(bench.rests());
        CHECK(!bench.alert(ipc::AlertKind::late));
    }

    TEST_CASE("an item below zero is oversold until pieces come in") {
        Bench bench;
        const auto count = bench.store.count("SKU-0002");
        bench.submit("c1", "SKU-0002", -count - 2);
        REQUIRE(bench.alert(ipc::AlertKind::oversold));
        CHECK(bench.alert(ipc::AlertKind::oversold)->severity == ipc::Severity::critical);
        bench.submit("c2", "SKU-0002", 2);
        CHECK(!bench.alert(ipc::AlertKind::oversold));
    }

    TEST_CASE("a source that always spoke and is silent is named with its computer, and the alert goes when it speaks") {
        AgentProcess agent;
        agent.start();
        auto change = a_change("1", "A-1", -1);
        change.workstation = "till-2";
        agent.must(a_submit({change}, "om-1"));
        agent.must(a_submit({a_change("1", "A-1", -1)}, "once"));
        CHECK(agent.stop() == 0);
        {
            // It spoke in every hour of the last four weeks, and then missed fifty.
            SqliteFile database{agent.data_dir() / "stocktray.db"};
            std::string spoke;
            for (int i = 0; i < 84; ++i) spoke += "FF";
            database.query("UPDATE sources SET spoke = x'" + spoke + "', missed = 200 WHERE source = 'om-1'");
        }
        agent.start();
        const auto alerts = agent.must(ipc::alerts::List{}).alerts;
        REQUIRE(alerts.size() == 1);
        CHECK(alerts[0].kind == ipc::AlertKind::silent_source);
        CHECK(alerts[0].severity == ipc::Severity::warning);
        CHECK(alerts[0].message == "In 50 hours in which it usually sends changes nothing was heard from till-2 (om-1).");
        CHECK(!alerts[0].hint.empty());
        agent.kill();
        agent.start();
        CHECK(agent.must(ipc::alerts::List{}).alerts.size() == 1);
        agent.must(a_submit({a_change("2", "A-1", -1)}, "om-1"));
        CHECK(agent.must(ipc::alerts::List{}).alerts.empty());
    }

    TEST_CASE("alerts stay over a restart") {
        Bench bench;
        bench.submit("c1", "NOWHERE-1", -2);
        REQUIRE(eventually([&] { return bench.alert(ipc::AlertKind::needs_decision).has_value(); }));
        bench.agent.kill();
        bench.agent.start();
        CHECK(bench.alert(ipc::AlertKind::needs_decision));
    }
}
