// Bodies that are long: their limit, and those that are read as they come.
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "http_scripts.h"

namespace stocktray::http {
namespace {

using test::always;
using test::answer;
using test::carry;
using test::once;
using test::request_to;
using test::ScriptedServer;

class Bucket : public BodySink {
public:
    explicit Bucket(std::size_t room = std::string::npos) : room_{room} {}
    bool take(std::string_view piece) override {
        held += piece;
        return held.size() <= room_;
    }
    std::string held;

private:
    std::size_t room_;
};

}  // namespace

TEST_SUITE("HttpClient: the body") {
    TEST_CASE("an answer beyond the limit is too large, announced or not") {
        for (const std::string& head : {std::string{"Content-Length: 1000\r\n"}, std::string{}}) {
            const ScriptedServer server{once("HTTP/1.1 200 OK\r\n" + head + "\r\n" + std::string(1000, 'x'))};
            HttpClient client{{}};
            auto request = request_to(server.url());
            request.max_body = 999;
            CHECK(carry(client, std::move(request)).transport == Transport::too_large);
            request = request_to(server.url());
            request.max_body = 1000;
            CHECK(carry(client, std::move(request)).transport == Transport::complete);
        }
    }

    TEST_CASE("a huge answer goes through a sink and is not kept") {
        const std::string body(5'000'000, 'x');
        const ScriptedServer server{always(answer(body))};
        HttpClient client{{}};
        auto request = request_to(server.url());
        const auto bucket = std::make_shared<Bucket>();
        request.sink = bucket;
        request.max_body = body.size();
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::complete);
        CHECK(reply.body.empty());
        CHECK(bucket->held.size() == body.size());
    }

    TEST_CASE("a sink that has enough ends the transfer") {
        const ScriptedServer server{always(answer(std::string(5'000'000, 'x')))};
        HttpClient client{{}};
        auto request = request_to(server.url());
        request.sink = std::make_shared<Bucket>(100);
        request.max_body = 10'000'000;
        CHECK(carry(client, std::move(request)).transport == Transport::stopped_by_reader);
    }

    TEST_CASE("what a sink has no room for stays away until it has, and nothing else is held up") {
        class Cup : public Bucket {
        public:
            bool has_room() const override { return held.size() < 50'000 || is_emptied; }
            bool is_emptied{false};
        };
        const std::string huge(8 * 1024 * 1024, 'x');
        const ScriptedServer server{always(answer(huge))};
        const ScriptedServer other{always(answer("ok"))};
        const auto cup = std::make_shared<Cup>();
        HttpClient client{{}};
        auto request = request_to(server.url());
        request.sink = cup;
        request.max_body = huge.size();
        request.idle_timeout = Milliseconds{2'000};
        client.start(1, request);
        client.start(2, request_to(other.url()));
        std::vector<HttpClient::Finished> finished;
        const auto carry_while = [&](auto goes_on) {
            while (goes_on()) {
                client.poll({}, Milliseconds{20});
                for (auto& one : client.take_finished()) finished.push_back(std::move(one));
            }
        };
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        carry_while([&] { return (finished.empty() || cup->has_room()) && std::chrono::steady_clock::now() < patience; });
        // Full for longer than a sender may be silent.
        const auto until = std::chrono::steady_clock::now() + *request.idle_timeout * 3 / 2;
        carry_while([&] { return std::chrono::steady_clock::now() < until; });
        REQUIRE(finished.size() == 1);
        CHECK(finished.front().id == 2);
        CHECK(cup->held.size() >= 50'000);
        CHECK(cup->held.size() < 500'000);
        cup->is_emptied = true;
        while (client.running() > 0) client.poll({}, Milliseconds{20});
        const auto last = client.take_finished();
        REQUIRE(last.size() == 1);
        CHECK(last.front().reply.transport == Transport::complete);
        CHECK(cup->held == huge);
    }

    TEST_CASE("a sink is not troubled with an error page") {
        const ScriptedServer server{always(answer("broken", "500 Internal Server Error"))};
        HttpClient client{{}};
        auto request = request_to(server.url());
        const auto bucket = std::make_shared<Bucket>();
        request.sink = bucket;
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.status == 500);
        CHECK(reply.body == "broken");
        CHECK(bucket->held.empty());
    }
}

}  // namespace stocktray::http
