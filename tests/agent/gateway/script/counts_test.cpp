#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/agent/gateway/script/gateway_process.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

Reply page(const GatewayBench& om, int start, int size) {
    return om.call("downloadqoh", {{"startnum", std::to_string(start)}, {"batchsize", std::to_string(size)}});
}

std::vector<std::string> codes_in(const std::string& body) {
    std::vector<std::string> codes;
    for (auto at = body.find("<Code>"); at != body.npos; at = body.find("<Code>", at + 1))
        codes.push_back(body.substr(at + 6, body.find('<', at + 6) - at - 6));
    return codes;
}

// Page by page from `start` on, as the Order Manager does it.
std::vector<std::string> download(const GatewayBench& om, int size, int start = 1) {
    std::vector<std::string> all;
    for (;; start += size) {
        const auto body = page(om, start, size).body;
        if (body.find("<ResponseCode>1<") == body.npos) return all;
        for (auto& code : codes_in(body)) all.push_back(std::move(code));
    }
}

void compare(GatewayBench& om) {
    ipc::jobs::Start audit;
    audit.kind = ipc::JobKind::audit;
    audit.cart = "main";
    const auto job = om.bench.agent.must(audit).job;
    REQUIRE(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{job}).state == ipc::JobState::done; }));
}

const std::vector<std::string> all_five{"SKU-0001", "SKU-0002", "SKU-0003", "SKU-0004", "SKU-0005"};

}  // namespace

TEST_SUITE("gateway: counts") {
    TEST_CASE("an agent that never read the store's list has all pages answered by the store, after a post too") {
        GatewayBench om;
        (void)om.bench.store.database().number("INSERT INTO items (sku, name, qoh) VALUES ('ONLY-THERE', 'New', 7) RETURNING qoh", {});
        auto all = all_five;
        all.insert(all.begin(), "ONLY-THERE");
        const auto sorted = [](std::vector<std::string> codes) {
            std::ranges::sort(codes);
            return codes;
        };
        CHECK(sorted(download(om, 2)) == all);
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=6");
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        CHECK(sorted(download(om, 2)) == all);
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=6");
    }

    TEST_CASE("what only the store knows is told, too") {
        GatewayBench om;
        (void)om.bench.store.database().number("INSERT INTO items (sku, name, qoh) VALUES ('ONLY-THERE', 'New', 7) RETURNING qoh", {});
        compare(om);
        auto expected = all_five;
        expected.insert(expected.begin(), "ONLY-THERE");
        CHECK(download(om, 2) == expected);
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=6");
        CHECK(page(om, 1, 1).body.find("<Code>ONLY-THERE</Code><WebID>ONLY-THERE</WebID><QOH>7</QOH>") != std::string::npos);
        // A page once more, and one in the middle.
        CHECK(codes_in(page(om, 3, 2).body) == std::vector<std::string>{"SKU-0002", "SKU-0003"});
        CHECK(codes_in(page(om, 3, 2).body) == std::vector<std::string>{"SKU-0002", "SKU-0003"});
    }

    TEST_CASE("told are the Order Manager's SKUs, each once, with the pieces kept back, and none that the cart excludes") {
        GatewayBench om;
        (void)om.bench.store.database().number("INSERT INTO items (sku, name, qoh) VALUES ('ALSO-2', 'The same', 30) RETURNING qoh", {});
        ipc::carts::Update update;
        update.cart = "main";
        update.buffer = 2;
        update.exclude = std::vector<std::string>{"SKU-0004"};
        update.sku_map = ipc::carts::SkuMap{{"SKU-0002", {{"SKU-0002", "ALSO-2"}}}, {"SKU-0005", {{"OTHERWISE-5"}}}};
        om.bench.agent.must(update);
        CHECK(om.rests());
        (void)om.bench.store.database().number("UPDATE items SET sku = 'OTHERWISE-5' WHERE sku = 'SKU-0005' RETURNING qoh", {});
        compare(om);
        auto told = download(om, 2);
        std::ranges::sort(told);
        CHECK(told == std::vector<std::string>{"SKU-0001", "SKU-0002", "SKU-0003", "SKU-0005"});
        CHECK(om.call("getproductscount").body == "SETIResponse: itemcount=4");
        CHECK(page(om, 1, 9).body.find(fmt::format("<WebID>SKU-0001</WebID><QOH>{}</QOH>", om.bench.store.count("SKU-0001") + 2)) !=
              std::string::npos);
    }

    TEST_CASE("the agent dies between two pages: that is said, and the rest comes from where the beginning came from") {
        GatewayBench om;
        compare(om);
        CHECK(codes_in(page(om, 1, 2).body) == std::vector<std::string>{"SKU-0001", "SKU-0002"});
        om.bench.agent.kill();
        // This change waits in the gateway: the store's own count would lack it.
        CHECK(om.post("SKU-0004", -1).starts_with("SETIResponse=OK"));
        const auto before = om.bench.store.count("SKU-0004");
        const auto away = page(om, 3, 2).body;
        CHECK(away.starts_with("SETIError: The counts cannot be told just now"));
        CHECK(page(om, 1, 2).body.starts_with("SETIError: "));
        CHECK(om.call("getproductscount").body.starts_with("SETIError: "));
        om.bench.agent.start();
        std::string rest;
        CHECK(eventually([&] {
            rest = page(om, 3, 2).body;
            return rest.find("<ResponseCode>1<") != std::string::npos;
        }));
        CHECK(codes_in(rest) == std::vector<std::string>{"SKU-0003", "SKU-0004"});
        CHECK(rest.find(fmt::format("<WebID>SKU-0004</WebID><QOH>{}</QOH>", before - 1)) != std::string::npos);
        CHECK(codes_in(page(om, 5, 2).body) == std::vector<std::string>{"SKU-0005"});
    }

    TEST_CASE("a download that another gateway began is begun again") {
        GatewayBench om;
        compare(om);
        CHECK(codes_in(page(om, 1, 2).body).size() == 2);
        om.gateway.kill();
        om.gateway.start();
        CHECK(page(om, 3, 2).body == "SETIError: The download of counts was interrupted. Please begin it again.");
        CHECK(download(om, 2) == all_five);
    }

    TEST_CASE("nothing read yet, and a change that cannot arrive: refused rather than told without it") {
        GatewayBench om;
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        om.bench.store.stop();
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(page(om, 1, 2).body.find("Changes are on their way to ") != std::string::npos);
        om.bench.store.start();
        CHECK(om.rests());
        CHECK(download(om, 3) == all_five);
    }
}
