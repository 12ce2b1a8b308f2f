#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/gateway/script/gateway_process.h"

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
        CHECK(om.call("qohreplace", {{"count", "1"}, {"update", "SKU-0001~11|"}}).body.find("SKU-0001=OK") != std::string::npos);
        CHECK(eventually([&] { return !om.bench.alert(ipc::AlertKind::gateway); }));
        om.gateway.kill();
        om.gateway.start();
        CHECK(om.post("SKU-0002", 1).starts_with("SETIResponse=OK"));
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::gateway));
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
        CHECK(om.bench.rests());
        CHECK(om.bench.book("SKU-0001") == before);
    }
}
