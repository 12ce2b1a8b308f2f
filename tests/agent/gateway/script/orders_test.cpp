#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

std::string orders(const GatewayBench& om, long long last) {
    return om.call("downloadorders", {{"lastorder", std::to_string(last)}, {"startnum", "1"}, {"batchsize", "50"}}).body;
}

// As in a shop that has run for a while: of a change in the first minutes after a count nobody knows whether it was in it.
void let_time_pass_since_the_count(AgentProcess& agent) {
    agent.kill();
    SqliteFile{agent.data_dir() / "stocktray.db"}.query(
        "UPDATE items SET counted_at = counted_at - 3600000, counted_until = counted_until - 3600000");
    agent.start();
}

}  // namespace

TEST_SUITE("gateway: web orders") {
    TEST_CASE("an order that passed by is imported when the next call names it, and its pieces leave our count once") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        const auto number = om.bench.store.sell("SKU-0002", 3).value();
        CHECK(om.bench.store.count("SKU-0002") == before - 3);
        CHECK(orders(om, 0).find(fmt::format("<OrderNumber>{}</OrderNumber>", number)) != std::string::npos);
        CHECK(om.call("ordercount", {{"lastorder", "0"}}).body == "SETIResponse: ordercount=1");
        CHECK(om.bench.book("SKU-0002") == before);  // seen, not imported
        CHECK(om.call("ordercount", {{"lastorder", std::to_string(number)}}).body == "SETIResponse: ordercount=0");
        CHECK(om.book_has("SKU-0002", before - 3));
        for (int i = 0; i < 3; ++i) {
            (void)om.call("ordercount", {{"lastorder", std::to_string(number)}});
            (void)orders(om, 0);
            (void)orders(om, number);
        }
        CHECK(om.store_has("SKU-0002", before - 3));  // law 5: what it has sold itself is not posted to it
        CHECK(om.bench.book("SKU-0002") == before - 3);
        CHECK(om.bench.cart().import_complete == true);
    }

    TEST_CASE("a call that the store refuses imports nothing") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        const auto number = om.bench.store.sell("SKU-0002", 3).value();
        (void)orders(om, 0);
        FormPost post;
        post.url = om.gateway.url();
        post.fields = {{"setifunction", "ordercount"}, {"setiuser", "x"}, {"password", "y"}, {"lastorder", std::to_string(number)}};
        CHECK(send(post).body == "SETIError: Access denied");
        post.fields[0].second = "getproductscount";
        CHECK(send(post).body == "SETIError: Access denied");
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        CHECK(om.bench.book("SKU-0002") == before);
    }

    TEST_CASE("the agent is away while orders are imported: they are told when it is back") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        const auto number = om.bench.store.sell("SKU-0002", 2).value();
        (void)orders(om, 0);
        om.bench.agent.kill();
        CHECK(om.call("ordercount", {{"lastorder", std::to_string(number)}}).status == 200);
        om.gateway.kill();
        om.gateway.start();
        om.bench.agent.start();
        CHECK(om.book_has("SKU-0002", before - 2));
        CHECK(eventually([&] { return om.bench.cart().import_complete == true; }));
    }

    TEST_CASE("a doubt on a script without keys ends by itself once its orders are imported") {
        GatewayBench om{{.query = "?plain"}};
        let_time_pass_since_the_count(om.bench.agent);
        const auto before = om.bench.store.count("SKU-0003");
        const auto number = om.bench.store.sell("SKU-0003", 1).value();
        om.bench.valve.set(Flow::lose_answer, "invupdate");
        CHECK(om.post("SKU-0003", -2).starts_with("SETIResponse=OK"));
        CHECK(eventually([&] { return om.bench.cart().parked == 1; }));
        om.bench.valve.set(Flow::open);
        (void)orders(om, 0);
        (void)om.call("ordercount", {{"lastorder", std::to_string(number)}});
        CHECK(om.book_has("SKU-0003", before - 3));
        CHECK(om.rests());
        CHECK(om.bench.store.count("SKU-0003") == before - 3);
        CHECK(om.bench.book("SKU-0003") == before - 3);
    }

    TEST_CASE("a count between an order's download and the call that names it may have its pieces: nothing is concluded until the next count") {
        GatewayBench om{{.query = "?plain"}};
        const auto left = om.bench.store.count("SKU-0002") - 5;
        const auto count = [&] { return om.call("qohreplace", {{"count", "1"}, {"update", fmt::format("SKU-0002~{}", left)}}).body; };
        const auto number = om.bench.store.sell("SKU-0002", 5).value();
        (void)orders(om, 0);  // and it takes the pieces at once
        CHECK(count().find("SKU-0002=OK") != std::string::npos);
        CHECK(om.book_has("SKU-0002", left));
        let_time_pass_since_the_count(om.bench.agent);
        SqliteFile{om.gateway.data_dir() / "script.db"}.query("UPDATE orders SET at = at - 7200000");
        (void)om.call("ordercount", {{"lastorder", std::to_string(number)}});
        CHECK(om.book_has("SKU-0002", left - 5));
        ipc::jobs::Start start;
        start.kind = ipc::JobKind::send_qoh;
        start.cart = "main";
        start.options.skus = std::vector<std::string>{"SKU-0002"};
        ipc::Expected<ipc::jobs::Started> send;
        CHECK(eventually([&] { return (send = om.bench.agent.call(start)).has_value(); }));  // not beside the Send of that count
        CHECK(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{send->job}).counts.waiting == 1; }));
        CHECK(om.bench.store.count("SKU-0002") == left);
        CHECK(count().find("SKU-0002=OK") != std::string::npos);
        CHECK(om.book_has("SKU-0002", left));
        CHECK(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{send->job}).counts.waiting == 0; }));
        CHECK(om.store_has("SKU-0002", left));
    }
}
