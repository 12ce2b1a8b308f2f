// Whoever reaches the port: nobody disturbs the others, and nothing is changed without the password.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>
#include <thread>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/agent/gateway/script/raw_client.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: hostile") {
    TEST_CASE("garbage, half requests, endless headers and bodies, connections that say nothing") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        std::vector<std::unique_ptr<RawClient>> silent;
        for (int i = 0; i < 60; ++i) silent.push_back(std::make_unique<RawClient>(om.gateway.port()));
        std::mt19937 random{20261129};
        const auto bytes = [&](std::size_t size) {
            std::string text;
            for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(random());
            return text;
        };
        for (int i = 0; i < 40; ++i) {
            RawClient client{om.gateway.port()};
            (void)client.try_to_write(bytes(random() % 5'000));
        }
        const std::string good = fmt::format("POST /main HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                             "Content-Length: 25\r\n\r\nsetifunction=sendversion");
        for (std::size_t cut = 1; cut < good.size(); cut += 7) {
            RawClient client{om.gateway.port()};
            client.write(good.substr(0, cut));
        }
        {
            RawClient client{om.gateway.port()};
            std::string endless = "POST /main HTTP/1.1\r\n";
            for (int i = 0; i < 3'000; ++i) endless += fmt::format("X-{}: {}\r\n", i, std::string(100, 'x'));
            (void)client.try_to_write(endless);
        }
        {
            FormPost post;
            post.url = om.gateway.url();
            post.raw_body = "setifunction=invupdate&update=" + std::string(17 * 1024 * 1024, 'A');
            CHECK(send(post).status == 413);
            post.raw_body = std::string(2'000'000, '&') + "setifunction=invupdate";
            CHECK(send(post).body.starts_with("SETIError"));
            post.raw_body.clear();
            for (int i = 0; i < 2'000; ++i) post.raw_body += "a=1&";
            CHECK(send(post).status == 413);
        }
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        CHECK(om.store_has("SKU-0002", before - 2));
    }

    TEST_CASE("what is told without a password forges no line of the log, and moves no cursor") {
        GatewayBench om;
        om.bench.store.stop();
        FormPost post;
        post.url = om.gateway.url();
        post.fields = om.fields("x\n2026-11-29T00:00:00.000+00:00 info forged\x1b[2J");
        CHECK(send(post).body.starts_with("SETIError"));
        const auto log = om.gateway.process().errors();
        CHECK(log.find("info forged") != std::string::npos);
        CHECK(log.find("\n2026-11-29T00:00:00.000+00:00 info forged") == std::string::npos);
        CHECK(log.find('\x1b') == std::string::npos);
    }

    TEST_CASE("forms made of the Order Manager's own words, shuffled: nothing but what the password allows") {
        GatewayBench om;
        const auto before = om.bench.store.count("SKU-0002");
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        std::mt19937 random{7};
        const std::vector<std::string> words{"setifunction", "invupdate", "qohreplace", "downloadqoh", "update", "SKU-0002~-1", "SKU-0002~0",
                                             "<SETIProducts><Product><SKU>SKU-0002</SKU><QOH>-5</QOH></Product></SETIProducts>", "count",
                                             "1", "password", "setiuser", "practice", "lastorder", "All", "999999", "%", "&", "=", "\xFF",
                                             "getproductscount", "startnum", "-1", "batchsize", "99999999999", "code"};
        for (int i = 0; i < 400; ++i) {
            FormPost post;
            post.url = om.gateway.url();
            for (auto left = random() % 8; left > 0; --left)
                post.fields.emplace_back(words[random() % words.size()], words[random() % words.size()]);
            const auto reply = send(post);
            CHECK(reply.code == CURLE_OK);
            CHECK(reply.body.find("SETIResponse=OK") == std::string::npos);
        }
        CHECK(om.rests());
        CHECK(om.bench.store.count("SKU-0002") == before - 1);
        CHECK(om.bench.book("SKU-0002") == before - 1);
    }

    TEST_CASE("fifty carts post at once through one gateway, and each post is counted") {
        GatewayBench om{{.table = "fan_out = \"order_manager\""}};
        constexpr int carts = 50;
        constexpr int posts = 6;
        for (int i = 0; i < carts; ++i) {
            auto create = cart_for(fmt::format("cart{:02}", i), om.bench.valve.url(), om.bench.store.user(), om.bench.store.password());
            create.synchronize_inventory = false;  // one store cannot be fifty: they are recorded only
            om.bench.agent.must(create);
        }
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < carts; ++i)
                threads.emplace_back([&om, i] {
                    for (int n = 0; n < posts; ++n)
                        if (!om.post("SKU-0003", -1, fmt::format("cart{:02}", i)).starts_with("SETIResponse=OK"))
                            FAIL_CHECK("cart ", i, " post ", n);
                });
        }
        const auto recorded = [&] {
            int count = 0;
            ipc::history::List list;
            list.sku = "SKU-0003";
            list.limit = 1'000;
            for (const auto& entry : om.bench.agent.must(list).entries)
                if (entry.kind == ipc::HistoryKind::change && entry.delta == -1) ++count;
            return count;
        };
        CHECK(eventually([&] { return recorded() == carts * posts; }));
    }
}
