// report.get: the proof that synchronization works.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/agent/bench.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// The first moment behind everything that has happened so far.
std::int64_t from_now_on() {
    const auto begin = now_ms() + 1;
    while (now_ms() < begin) std::this_thread::yield();
    return begin;
}

// What the process has used of the processors; what runs beside it does not count.
std::chrono::milliseconds worked(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/stat", process)};
    std::string line;
    std::getline(file, line);
    std::istringstream rest{line.substr(line.rfind(')') + 2)};
    std::string word;
    for (int field = 3; field < 14; ++field) rest >> word;
    std::int64_t in_user = 0, in_system = 0;
    rest >> in_user >> in_system;
    return std::chrono::milliseconds{(in_user + in_system) * 1'000 / ::sysconf(_SC_CLK_TCK)};
}

ipc::report::GetResult report_of(Bench& bench, std::int64_t since) {
    return bench.agent.must(ipc::report::Get{.since = since});
}

}  // namespace

TEST_SUITE("Report") {
    TEST_CASE("counts what changed and why, and how soon the store had it") {
        Bench bench;
        const auto begin = from_now_on();
        auto order = a_change("c1", "SKU-0002", -2);
        order.reason = ipc::Reason::phone_order;
        bench.submit({order, a_change("c2", "SKU-0003", 5)});
        REQUIRE(bench.rests());
        const auto report = report_of(bench, begin);
        CHECK(report.since == begin);
        CHECK(report.until >= begin);
        CHECK(!report.is_partial);
        CHECK(report.changes == 2);
        CHECK(report.reasons == std::map<std::string, std::int64_t>{{"adjustment", 1}, {"phone_order", 1}});
        REQUIRE(report.days.size() == 1);
        CHECK(report.days[0].changes == 2);
        CHECK(report.days[0].confirmed == 2);
        REQUIRE(report.carts.size() == 1);
        const auto& cart = report.carts[0];
        CHECK(cart.cart == "main");
        CHECK(cart.confirmed == 2);
        REQUIRE(cart.median_ms);
        REQUIRE(cart.slowest_ms);
        CHECK(*cart.median_ms <= *cart.slowest_ms);
        CHECK(cart.within.size() == report.within_ms.size() + 1);
        CHECK(cart.unclear == ipc::report::Proofs{});
        CHECK(report_of(bench, begin - 1'000).carts[0].confirmed >= 2);
    }

    TEST_CASE("tells what was unclear and what proved it") {
        Bench bench;
        const auto begin = from_now_on();
        bench.valve.set(Flow::lose_answer);  // of its repeats, too: the doubt stays
        bench.submit("c1", "SKU-0002", -2);
        REQUIRE(eventually([&] { return report_of(bench, begin).carts[0].unclear.open == 1; }));
        bench.valve.set(Flow::open);
        REQUIRE(bench.rests());
        const auto cart = report_of(bench, begin).carts[0];
        CHECK(cart.unclear == ipc::report::Proofs{.key = 1});
        CHECK(cart.confirmed == 1);
    }

    TEST_CASE("has the audits, newest first, and what they found") {
        Bench bench;
        const auto begin = from_now_on();
        bench.store.database().query("UPDATE items SET qoh = qoh + 3 WHERE sku = 'SKU-0002'");
        ipc::jobs::Start audit{.kind = ipc::JobKind::audit, .cart = "main"};
        audit.options.allow_pending = true;
        const auto job = bench.agent.must(audit).job;
        REQUIRE(
            eventually([&] { return bench.agent.must(ipc::jobs::Get{job}).state == ipc::JobState::done; }));
        const auto report = report_of(bench, begin);
        REQUIRE(report.audits.size() == 1);
        CHECK(report.audits[0].job == job);
        CHECK(report.audits[0].counts.different == 1);
        CHECK(report.carts[0].drift_found == 1);
        CHECK(report.carts[0].drift_repaired == 0);
    }

    TEST_CASE("refuses a time that ends before it begins or that is too long") {
        Bench bench;
        using ipc::report::Get;
        CHECK(outcome(bench.agent, Get{.since = 2'000, .until = 2'000}) == "invalid_params");
        CHECK(outcome(bench.agent, Get{.since = 0}) == "invalid_params");
        CHECK(outcome(bench.agent, Get{.since = 0, .until = std::int64_t{400} * 86'400'000}) == "answered");
        CHECK(outcome(bench.agent, Get{.since = now_ms() + 60'000}) == "invalid_params");
    }

    TEST_CASE("a report over 100,000 posts holds the agent up for a moment only") {
        Bench bench;
        REQUIRE(bench.agent.stop() == 0);
        const auto now = now_ms();
        {
            SqliteFile database{bench.agent.data_dir() / "stocktray.db"};
            database.query("BEGIN");
            database.query(
                "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)"
                " INSERT INTO posts (cart, listing, delta, state, attempts, created_at, created, finished_at)"
                " SELECT cart, listing, -1, 'confirmed', 1, ?1 - 200000 + n, 0, ?1 - 200000 + n + n % 1000"
                " FROM n, (SELECT cart, listing FROM listings LIMIT 1)",
                {std::to_string(now)});
            database.query(
                "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)"
                " INSERT INTO history (at, kind, cart, sku, delta, text, data)"
                " SELECT ?1 - 200000 + n, 'change', 'main', 'SKU-0001', -1, 'Phone order: -1 of SKU-0001.',"
                " '{\"reason\":\"phone_order\"}' FROM n",
                {std::to_string(now)});
            database.query("COMMIT");
        }
        bench.agent.start();
        const auto before = worked(bench.agent.process().id());
        const auto report = report_of(bench, now - 3'600'000);
        const auto took = worked(bench.agent.process().id()) - before;
        MESSAGE("100,000 posts and 100,000 changes: ", took.count(), " ms");
        CHECK(report.carts[0].confirmed >= 100'000);
        REQUIRE(report.carts[0].median_ms);
        CHECK(std::abs(*report.carts[0].median_ms - 500) <= 1);
        CHECK(report.reasons.at("phone_order") == 100'000);
        CHECK(took < 2s);
    }
}
