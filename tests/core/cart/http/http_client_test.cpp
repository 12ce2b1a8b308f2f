// Exchanges side by side: their connections, their times, and what ends a wait.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "http_scripts.h"

namespace stocktray::http {
namespace {

using test::always;
using test::answer;
using test::carry;
using test::Connection;
using test::request_to;
using test::ScriptedServer;

// A time-out in which a busy machine still sends what is sent at once.
constexpr Milliseconds time_to_say_something{3'000};

}  // namespace

TEST_SUITE("HttpClient") {
    TEST_CASE("connections are kept and used again") {
        const ScriptedServer server{always(answer("ok"))};
        HttpClient client{{}};
        for (int i = 0; i < 5; ++i) {
            auto request = request_to(server.url());
            request.rewind = i % 2 == 0 ? Rewind::forbidden : Rewind::allowed;
            CHECK(carry(client, std::move(request)).body == "ok");
        }
        CHECK(server.connections() == 1);
    }

    TEST_CASE("many exchanges run side by side, a hanging one among them") {
        const ScriptedServer server{always(answer("ok"))};
        const ScriptedServer hanging{[](Connection& c) { c.hang(); }};
        HttpClient client{{}};
        client.start(100, request_to(hanging.url()));
        for (HttpClient::Id id = 1; id <= 20; ++id) client.start(id, request_to(server.url()));
        CHECK(client.running() == 21);
        for (const auto& [id, reply] : carry(client, 20)) CHECK(reply.body == "ok");
        CHECK(client.running() == 1);
    }

    TEST_CASE("a store that reads and never answers times out after the request was sent") {
        const ScriptedServer server{[](Connection& c) { c.hang(); }};
        HttpClient client{{}};
        auto request = request_to(server.url());
        request.whole_timeout = time_to_say_something;
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::timed_out);
        CHECK(reply.was_sent);
        CHECK(reply.took >= time_to_say_something / 2);
    }

    TEST_CASE("a store that stops in the middle of a long answer is left when nothing comes") {
        const ScriptedServer server{[](Connection& c) {
            if (c.read_request()) c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            c.hang();
        }};
        HttpClient client{{}};
        auto request = request_to(server.url());
        request.whole_timeout.reset();
        request.idle_timeout = time_to_say_something;
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::timed_out);
        CHECK(reply.status == 200);
        CHECK(reply.body == "half");
    }

    TEST_CASE("a port without a listener is no connection, so nothing was sent") {
        const test::DeadPort dead;
        HttpClient client{{}};
        const Reply reply =
            carry(client, request_to("http://127.0.0.1:" + std::to_string(dead.port()) + "/"));
        CHECK(reply.transport == Transport::connect_failed);
        CHECK_FALSE(reply.was_sent);
        CHECK_FALSE(reply.detail.empty());
    }

    TEST_CASE("a cancelled exchange is forgotten, and its id is free again") {
        const ScriptedServer hanging{[](Connection& c) { c.hang(); }};
        const ScriptedServer server{always(answer("ok"))};
        HttpClient client{{}};
        client.start(1, request_to(hanging.url()));
        client.poll({}, Milliseconds{0});
        client.cancel(1);
        client.cancel(2);
        CHECK(client.running() == 0);
        CHECK(carry(client, request_to(server.url())).body == "ok");
        client.start(1, request_to(""));
        client.cancel(1);
        CHECK(client.take_finished().empty());
    }

    TEST_CASE("another thread ends a wait") {
        HttpClient client{{}};
        std::thread other{[&client] { client.wake(); }};
        client.poll({}, std::nullopt);
        other.join();
        CHECK(client.take_finished().empty());
    }

    TEST_CASE("a descriptor that becomes readable ends a wait and is told") {
        std::array<int, 2> quiet{};
        std::array<int, 2> busy{};
        REQUIRE(::pipe(quiet.data()) == 0);
        REQUIRE(::pipe(busy.data()) == 0);
        HttpClient client{{}};
        std::array watched{Watched{quiet[0]}, Watched{busy[0]}};
        std::thread other{[&busy] { CHECK(::write(busy[1], "x", 1) == 1); }};
        client.poll(watched, std::nullopt);
        other.join();
        CHECK_FALSE(watched[0].is_readable);
        CHECK(watched[1].is_readable);
        for (const int fd : {quiet[0], quiet[1], busy[0], busy[1]}) ::close(fd);
    }

    TEST_CASE("ending a client with exchanges under way leaves nothing behind") {
        const ScriptedServer hanging{[](Connection& c) { c.hang(); }};
        HttpClient client{{}};
        for (HttpClient::Id id = 1; id <= 5; ++id) client.start(id, request_to(hanging.url()));
        client.poll({}, Milliseconds{0});
    }
}

}  // namespace stocktray::http
