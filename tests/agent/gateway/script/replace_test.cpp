#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: qohreplace") {
    TEST_CASE("batches become the Order Manager's counts and one Send QOH") {
        GatewayBench om;
        (void)om.bench.store.database().number("UPDATE items SET qoh = qoh + 7 WHERE sku = 'SKU-0003' RETURNING qoh", {});
        const auto first = om.call("qohreplace", {{"count", "2"}, {"update", "SKU-0001~11|SKU-0002~12|"}});
        CHECK(first.body == "SETIResponse\r\nSKU-0001=OK\r\nSKU-0002=OK\r\nSETIEndOfData\r\n");
        const auto second = om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0003~13|"}});
        CHECK(second.body == "SETIResponse\r\nSKU-0003=OK\r\nSETIEndOfData\r\n");
        CHECK(om.book_has("SKU-0001", 11));
        CHECK(om.book_has("SKU-0003", 13));
        int jobs = 0;
        CHECK(eventually([&] {
            jobs = 0;
            bool is_over = false;
            for (const auto& job : om.bench.agent.must(ipc::jobs::List{}).jobs) {
                if (job.kind != ipc::JobKind::send_qoh) continue;
                ++jobs;
                is_over = job.state == ipc::JobState::done || job.state == ipc::JobState::blocked;
            }
            return is_over;
        }));
        CHECK(jobs == 1);
    }

    TEST_CASE("counts that were taken and not sent before the gateway died are named at its next start, until they are sent") {
        GatewayBench om;
        CHECK(om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0001~11|"}}).body.find("SKU-0001=OK") != std::string::npos);
        om.gateway.kill();
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::gateway));
        om.gateway.start();
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        CHECK(om.bench.alert(ipc::AlertKind::gateway)->message.find("main did not go to the store") != std::string::npos);
        // Stocktray itself would send the counts from before.
        CHECK(om.bench.alert(ipc::AlertKind::gateway)->hint.find("Stocktray") == std::string::npos);
        CHECK(om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0001~11|"}}).body.find("SKU-0001=OK") != std::string::npos);
        CHECK(eventually([&] { return !om.bench.alert(ipc::AlertKind::gateway); }));
        om.gateway.kill();
        om.gateway.start();
        CHECK(om.post("SKU-0002", 1).starts_with("SETIResponse=OK"));
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::gateway));
    }

    TEST_CASE("counts that were told are not told again with those that come while their Send waits, nor lost by a crash") {
        GatewayBench om;
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=5");  // the password is known
        om.bench.store.stop();
        ipc::jobs::Start audit;  // the Send waits for it
        audit.kind = ipc::JobKind::audit;
        audit.cart = "main";
        const auto job = om.bench.agent.must(audit).job;
        CHECK(om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0003~10|"}}).body.find("SKU-0003=OK") != std::string::npos);
        CHECK(om.book_has("SKU-0003", 10));
        ipc::qoh::Snapshot newer;  // whoever counted it since
        newer.source = "stocktaking";
        newer.snapshot = "newer";
        newer.part = 1;
        newer.last = true;
        newer.items.push_back({"SKU-0003", 9});
        om.bench.agent.must(newer);
        CHECK(om.book_has("SKU-0003", 9));
        CHECK(om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0004~5|"}}).body.find("SKU-0004=OK") != std::string::npos);
        CHECK(om.book_has("SKU-0004", 5));
        CHECK(om.bench.book("SKU-0003") == 9);
        SqliteFile ledger{om.gateway.data_dir() / "script.db"};
        CHECK(eventually([&] {
            return ledger.number("SELECT count(*) FROM known WHERE name = 'sends to start' AND CAST(value AS TEXT) LIKE '%SKU-0004%'") == 1;
        }));
        om.bench.store.start();
        om.gateway.kill();
        om.gateway.start();
        // The store is back: it may have ended by itself.
        const auto cancelled = om.bench.agent.call(ipc::jobs::Cancel{{}, job});
        CHECK((cancelled || cancelled.error().code == ipc::Code::conflict));
        CHECK(eventually([&] {
            std::set<std::string> sent;
            for (const auto& one : om.bench.agent.must(ipc::jobs::List{}).jobs)
                if (one.kind == ipc::JobKind::send_qoh)
                    for (const auto& item : om.bench.agent.must(ipc::jobs::Results{.job = one.job}).items) sent.insert(item.sku);
            return sent == std::set<std::string>{"SKU-0003", "SKU-0004"};
        }, std::chrono::seconds{60}));
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::gateway));
    }

    TEST_CASE("more counts than one snapshot part and one job may hold are all taken over and sent") {
        GatewayBench om;
        constexpr int all = 50'003;
        std::string update;
        for (int i = 1; i <= all; ++i) update += fmt::format("M-{:05}~{}|", i, i);
        CHECK(om.call("qohreplace", {{"count", std::to_string(all)}, {"update", update}}).body.find("M-50003=OK") != std::string::npos);
        CHECK(om.book_has("M-00001", 1));
        CHECK(om.book_has("M-50003", 50'003));
        CHECK(eventually([&] {
            return std::ranges::count(om.bench.agent.must(ipc::jobs::List{}).jobs, ipc::JobKind::send_qoh, &ipc::jobs::Job::kind) == 2;
        }, std::chrono::seconds{120}));
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::gateway));
    }

    TEST_CASE("what Stocktray's own Get QOH has found is in the way, and it is said at once what to do") {
        GatewayBench om;
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        (void)om.bench.store.database().number("UPDATE items SET qoh = qoh + 7 WHERE sku = 'SKU-0003' RETURNING qoh", {});
        ipc::jobs::Start get;
        get.kind = ipc::JobKind::get_qoh;
        get.cart = "main";
        get.options.allow_pending = true;
        const auto job = om.bench.agent.must(get).job;
        CHECK(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{job}).state == ipc::JobState::done; }));
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        const auto undo = fmt::format("stocktrayctl undo {}", job);
        CHECK(om.bench.alert(ipc::AlertKind::gateway)->hint.find(undo) != std::string::npos);
        const auto refused = om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0001~11"}}).body;
        CHECK(refused.starts_with("SETIError: "));
        CHECK(refused.find(undo) != std::string::npos);
    }

    TEST_CASE("a wrong count, or no agent: refused in words, nothing changed") {
        GatewayBench om;
        const auto before = om.bench.book("SKU-0001");
        CHECK(om.call("qohreplace", {{"count", "3"}, {"update", "SKU-0001~11"}}).body == "SETIError: Expected 3 updates, found 1.");
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        om.bench.agent.kill();
        const auto reply = om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0001~11"}});
        CHECK(reply.body.starts_with("SETIError: The counts were not taken, and nothing was changed."));
        om.bench.agent.start();
        CHECK(om.rests());
        CHECK(om.bench.book("SKU-0001") == before);
    }
}
