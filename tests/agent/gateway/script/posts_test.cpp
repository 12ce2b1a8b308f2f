#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/agent/gateway/script/raw_client.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: posts") {
    TEST_CASE("a post of the Order Manager reaches the store, in text and in XML, and its count is told") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        CHECK(om.call("sendversion").body.starts_with("SETIResponse: version="));
        const auto text = om.call("invupdate", {{"update", "SKU-0002~-2|"}});
        CHECK(text.status == 200);
        CHECK(om.with_count(text.body, "SKU-0002") == fmt::format("SETIResponse=OK;SKU=SKU-0002;QOH={};NOTE=", before - 2));
        const auto xml = om.call("invupdate", {{"update", "<SETIProducts><Product><SKU>SKU-0002</SKU><QOH>5</QOH></Product></SETIProducts>"}});
        CHECK(om.with_count(xml.body, "SKU-0002") == fmt::format("SETIResponse=OK;SKU=SKU-0002;QOH={};NOTE=", before + 3));
        CHECK(om.store_has("SKU-0002", before + 3));
        CHECK(om.book_has("SKU-0002", before + 3));
    }

    TEST_CASE("several SKUs in one post are all taken, a line each") {
        GatewayBench om;
        const auto first = om.bench.store.count("SKU-0001");
        const auto second = om.bench.store.count("SKU-0002");
        const auto reply = om.call("invupdate", {{"update", "SKU-0001~-1|SKU-0002~4|"}});
        CHECK(reply.body.find("SKU=SKU-0001;") != std::string::npos);
        CHECK(reply.body.find("\r\nSETIResponse=OK;SKU=SKU-0002;") != std::string::npos);
        CHECK(om.store_has("SKU-0001", first - 1));
        CHECK(om.store_has("SKU-0002", second + 4));
    }

    TEST_CASE("what cannot be read changes nothing and says why") {
        GatewayBench om;
        const auto before = om.bench.book("SKU-0001");
        CHECK(om.call("invupdate", {{"update", "SKU-0001~-1|SKU-0002"}}).body == "SETIError: Malformed update entry SKU-0002.");
        CHECK(om.call("invupdate", {{"update", "SKU-0001~1.5"}}).body.find("no whole number") != std::string::npos);
        CHECK(om.call("invupdate").body.find("Missing update command") != std::string::npos);
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        CHECK(om.bench.book("SKU-0001") == before);
    }

    TEST_CASE("the agent is away: the answer is OK at once, and the change arrives once when it is back") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0003");
        CHECK(om.post("SKU-0003", -1).starts_with("SETIResponse=OK"));
        om.bench.agent.kill();
        for (int i = 0; i < 5; ++i) CHECK(om.post("SKU-0003", -1) == "SETIResponse=OK;SKU=SKU-0003;NOTE=");
        om.gateway.kill();
        om.gateway.start();
        CHECK(om.post("SKU-0003", -1) == "SETIResponse=OK;SKU=SKU-0003;NOTE=");
        om.bench.agent.start();
        CHECK(om.store_has("SKU-0003", before - 7));
    }

    TEST_CASE("the store is away: every post is answered, and all counts are right when it is back") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0004");
        CHECK(om.post("SKU-0004", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        om.bench.store.stop();
        for (int i = 2; i <= 10; ++i)
            CHECK(om.with_count(om.post("SKU-0004", -1), "SKU-0004") == fmt::format("SETIResponse=OK;SKU=SKU-0004;QOH={};NOTE=", before - i));
        om.bench.store.start();
        CHECK(om.store_has("SKU-0004", before - 10));
    }

    TEST_CASE("a client that was gone before its answer: its repeat is counted once, and named until the SKU is counted") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        CHECK(om.post("SKU-0001", 1).starts_with("SETIResponse=OK"));  // the password is known
        REQUIRE(om.gateway.process().freeze());
        {
            RawClient client{om.gateway.port()};
            client.post("/main", om.fields("invupdate", {{"update", "SKU-0002~-2"}}));
        }
        om.gateway.process().send_signal(SIGCONT);
        CHECK(om.store_has("SKU-0002", before - 2));
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::noted).has_value(); }));
        const auto noted = om.bench.alert(ipc::AlertKind::noted);
        CHECK(noted->sku == "SKU-0002");
        CHECK(noted->message.find("counted once") != std::string::npos);
        CHECK(om.store_has("SKU-0002", before - 2));
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));  // a new one: only one repeat is absorbed
        CHECK(om.store_has("SKU-0002", before - 4));
        take_counts(om.bench.agent, om.bench.store, 5, "again");
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::noted));
    }

    TEST_CASE("a connection that broke behind the answer: the repeat is counted and named as a doubt") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        {
            RawClient client{om.gateway.port()};
            client.post("/main", om.fields("invupdate", {{"update", "SKU-0002~-2"}}));
            CHECK(om.store_has("SKU-0002", before - 2));
            client.reset();
        }
        CHECK(eventually([&] {
            // The gateway hears of the break a moment later; what is posted before that is simply a new post.
            if (om.bench.alert(ipc::AlertKind::noted)) return true;
            (void)om.post("SKU-0002", -2);
            return false;
        }));
        CHECK(om.bench.alert(ipc::AlertKind::noted)->message.find("both were counted") != std::string::npos);
    }

    TEST_CASE("a change that the agent refuses stands in front of a person, over a restart too") {
        GatewayBench om;
        ipc::qoh::Change counted = a_change("counted", "SKU-NEW", 0);
        counted.delta.reset();
        counted.qoh = 5;
        counted.version = 1;
        om.bench.submit({counted});  // reported by counts from now on
        CHECK(om.post("SKU-NEW", -1).starts_with("SETIResponse=OK"));
        const auto is_told = [&] {
            const auto alert = om.bench.alert(ipc::AlertKind::gateway);
            return alert && alert->message.find("the agent has refused 1") != std::string::npos;
        };
        CHECK(eventually(is_told));
        om.gateway.kill();
        om.gateway.start();
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        std::this_thread::sleep_for(std::chrono::seconds{2});
        CHECK(is_told());
    }

    TEST_CASE("an answer that was read is no reason to swallow the next post") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        RawClient client{om.gateway.port()};
        for (int i = 0; i < 3; ++i) {
            client.post("/main", om.fields("invupdate", {{"update", "SKU-0002~-2"}}));
            CHECK(client.read_answer().find("SETIResponse=OK") != std::string::npos);
        }
        client.close();
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(om.store_has("SKU-0002", before - 8));
        CHECK_FALSE(om.bench.alert(ipc::AlertKind::noted));
    }

    TEST_CASE("a form in which a field stands twice is refused in words, and nothing of it counts") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0001");
        const auto twice = om.call("invupdate", {{"update", "SKU-0001~-1"}, {"update", "SKU-0002~-1"}}).body;
        CHECK(twice == "SETIError: The field update stands there twice. Nothing was changed.");
        CHECK(om.call("invupdate", {{"update", "SKU-0001~-1"}, {"setifunction", "ordercount"}}).body.starts_with("SETIError: "));
        CHECK(om.rests());
        CHECK(om.bench.book("SKU-0001") == before);
        CHECK(om.store_has("SKU-0001", before));
    }
}
