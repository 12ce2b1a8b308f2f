// alerts.*: what a person should know of.
#include <doctest/doctest.h>

#include "ipc/client/whole_list.h"
#include "tests/agent/bench.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

// SKU-1 … as a shop would have them whose store refuses its whole catalogue. The agent does not run.
void add_alerts(AgentProcess& agent, std::size_t many) {
    SqliteFile database{agent.data_dir() / "stocktray.db"};
    database.query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(many) +
                   ") INSERT INTO alerts (kind, severity, sku, since, message, hint) SELECT 'needs_decision', 'warning', 'SKU-' || i, "
                   "1700000000000, printf('%.200c', 'm'), printf('%.100c', 'h') FROM n");
}

}  // namespace

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

    TEST_CASE("more alerts than one answer holds come in pages, and every one of them") {
        constexpr std::size_t many = 40'000;
        AgentProcess agent;
        agent.start();
        CHECK(agent.stop() == 0);
        add_alerts(agent, many);
        agent.start();
        // Who knows no pages gets the first of them, and is told that there are more.
        const auto first = agent.must(ipc::alerts::List{});
        CHECK(first.alerts.size() > 5'000);
        CHECK(first.alerts.size() < many);
        CHECK(first.next);
        auto client = agent.client();
        std::vector<std::string> sizes;
        const auto all = ipc::whole_list(ipc::alerts::List{.limit = 900}, &ipc::alerts::ListResult::alerts, [&](const auto& page) {
            auto answer = client.call(page, std::chrono::seconds{20});
            if (answer) sizes.push_back(std::to_string(answer->alerts.size()));
            return answer;
        });
        REQUIRE(all);
        REQUIRE(all->alerts.size() == many);
        for (std::size_t i = 0; i < many; ++i) REQUIRE(all->alerts[i].sku == "SKU-" + std::to_string(i + 1));
        CHECK(sizes.size() == (many + 899) / 900);
        CHECK(sizes.front() == "900");
    }

    TEST_CASE("a page ends where the alerts end") {
        AgentProcess agent;
        agent.start();
        CHECK(agent.stop() == 0);
        add_alerts(agent, 3);
        agent.start();
        const auto whole = agent.must(ipc::alerts::List{.limit = 3});
        CHECK(whole.alerts.size() == 3);
        CHECK(!whole.next);
        const auto page = agent.must(ipc::alerts::List{.limit = 2});
        CHECK(page.alerts.size() == 2);
        REQUIRE(page.next);
        const auto rest = agent.must(ipc::alerts::List{.after = page.next, .limit = 2});
        REQUIRE(rest.alerts.size() == 1);
        CHECK(rest.alerts[0].sku == "SKU-3");
        CHECK(!rest.next);
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
