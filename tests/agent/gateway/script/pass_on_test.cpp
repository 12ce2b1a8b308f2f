#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>

#include "tests/agent/gateway/script/gateway_process.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

Reply direct(const GatewayBench& om, const std::string& function, const Fields& more = {}) {
    FormPost post;
    const auto url = om.bench.store.url();
    post.url = url.substr(0, url.rfind('/') + 1) + "order_script.php";
    post.fields = om.fields(function, more);
    return send(post);
}

}  // namespace

TEST_SUITE("gateway: passed on") {
    TEST_CASE("three megabytes of the store come through byte for byte, with the store's headers") {
        GatewayBench om;
        ipc::carts::Update update;  // past the valve, which has headers of its own
        update.cart = "main";
        const auto url = om.bench.store.url();
        update.url = url.substr(0, url.rfind('/') + 1) + "order_script.php";
        update.same_store = true;
        om.bench.agent.must(update);
        CHECK(eventually([&] { return om.call("downloadcustomers").head.find("X-Shop: kept as it is") != std::string::npos; },
                         std::chrono::seconds{60}));  // it looks for changed carts every quarter of a minute
        const auto through = om.call("downloadcustomers");
        CHECK(through.status == 200);
        CHECK(through.body.size() == 3'000'000);
        CHECK(through.body == direct(om, "downloadcustomers").body);
        CHECK(through.head.find("Content-Type: application/octet-stream") != std::string::npos);
    }

    TEST_CASE("what the Order Manager sends comes to the store byte for byte") {
        GatewayBench om;
        std::string odd;
        for (int i = 1; i < 256; ++i) odd += static_cast<char>(i);
        const auto through = om.call("updatestatus", {{"update", odd}});
        CHECK(through.body.starts_with("SETIResponse: update=OK;Notes=255 bytes of "));
        CHECK(through.body == direct(om, "updatestatus", {{"update", odd}}).body);
        CHECK(om.call("nosuchfunction").body == direct(om, "nosuchfunction").body);
    }

    TEST_CASE("a store that hangs holds up nobody but who asks it") {
        GatewayBench om{{.table = "store_timeout_seconds = 5"}};
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        om.bench.valve.set(Flow::hang_before);
        auto hanging = std::async(std::launch::async, [&] { return om.call("downloadorders", {{"lastorder", "0"}}); });
        for (int i = 0; i < 10; ++i) CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        const auto reply = hanging.get();
        CHECK(reply.status == 504);
        CHECK(reply.body == "SETIError: The store did not answer in time.");
        om.bench.valve.set(Flow::open);
    }

    TEST_CASE("a store that is away is said to be so in words") {
        GatewayBench om;
        om.bench.store.stop();
        const auto reply = om.call("downloadcustomers");
        CHECK(reply.status != 200);
        CHECK(reply.body.find(om.bench.store.password()) == std::string::npos);
    }

    TEST_CASE("a path that is no cart's is told how the Script URL ends") {
        GatewayBench om;
        const auto reply = om.call("invupdate", {{"update", "SKU-0001~-1"}}, "shop");
        CHECK(reply.status == 404);
        CHECK(reply.body == "SETIError: Stocktray has no cart shop. The Script URL ends with the id of a cart.");
        CHECK(om.call("invupdate", {{"update", "SKU-0001~-1"}}, "").status == 404);
        CHECK(om.call("invupdate", {{"update", "SKU-0001~-1"}}, "main/stocktray.php").body.starts_with("SETIResponse=OK"));
    }

    TEST_CASE("SIGTERM ends it although somebody waits for the store") {
        GatewayBench om;
        om.bench.valve.set(Flow::hang_before);
        auto hanging = std::async(std::launch::async, [&] { return om.call("downloadcustomers").status; });
        CHECK(eventually([&] { return om.bench.valve.hanging() > 0; }));
        CHECK(om.gateway.stop() == 0);
        CHECK(hanging.get() != 200);
        om.bench.valve.set(Flow::open);
    }

    TEST_CASE("counts are told from what the agent knows, also while the store is away") {
        GatewayBench om;
        ipc::jobs::Start audit;
        audit.kind = ipc::JobKind::audit;
        audit.cart = "main";
        const auto job = om.bench.agent.must(audit).job;
        CHECK(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{job}).state == ipc::JobState::done; }));
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        const auto count = om.bench.store.count("SKU-0002");
        om.bench.store.stop();
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=5");
        std::string all;
        for (int start = 1; start < 20; start += 2) {
            const auto page = om.call("downloadqoh", {{"startnum", std::to_string(start)}, {"batchsize", "2"}}).body;
            all += page;
            if (page.find("<ResponseCode>2<") != std::string::npos) break;
        }
        for (int n = 1; n <= 5; ++n) {
            const auto code = fmt::format("<Code>SKU-{:04}</Code>", n);
            CHECK(all.find(code) != std::string::npos);
            CHECK(all.find(code) == all.rfind(code));
        }
        CHECK(all.find(fmt::format("<Code>SKU-0002</Code><WebID>SKU-0002</WebID><QOH>{}</QOH>", count - 2)) != std::string::npos);
    }
}
