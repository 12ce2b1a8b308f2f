#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "core/cart/http/http_client.h"
#include "http_run.h"
#include "tests/support/server/scripted_server.h"

namespace stocktray::http {
namespace {

using test::answer;
using test::carry;
using test::Connection;
using test::request_to;
using test::ScriptedServer;

// Answers every request of a connection alike.
ScriptedServer::Script always(std::string bytes) {
    return [bytes = std::move(bytes)](Connection& c) {
        while (c.read_request()) c.send(bytes);
    };
}

// Answers one request and closes.
ScriptedServer::Script once(std::string bytes) {
    return [bytes = std::move(bytes)](Connection& c) {
        if (c.read_request()) c.send(bytes);
    };
}

Reply ask(ScriptedServer::Script script) {
    const ScriptedServer server{std::move(script)};
    HttpClient client{{}};
    return carry(client, request_to(server.url()));
}

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

TEST_SUITE("HttpClient") {
    TEST_CASE("a whole answer comes with its status, headers and body") {
        const Reply reply = ask(always(answer("SETIResponse: version=1", "200 OK", "X-Mixed-Case: Yes\r\n")));
        CHECK(reply.transport == Transport::complete);
        CHECK(reply.was_sent);
        CHECK(reply.status == 200);
        CHECK(reply.body == "SETIResponse: version=1");
        CHECK(header(reply, "x-mixed-case") == "Yes");
        CHECK(header(reply, "content-type") == "text/plain");
        CHECK_FALSE(reply.is_close_framed);
        CHECK(reply.detail.empty());
    }

    TEST_CASE("a request is a plain form to the address byte for byte") {
        std::string seen;
        const ScriptedServer server{[&](Connection& c) {
            while (auto request = c.read_request()) {
                seen = *request;
                c.send(answer("ok"));
            }
        }};
        HttpClient client{{}};
        for (const Rewind rewind : {Rewind::allowed, Rewind::forbidden}) {
            auto request = request_to(server.url("/a/../seti.php?x=%41&y=a+b"), "update=A%7E1&code=");
            request.rewind = rewind;
            CHECK(carry(client, std::move(request)).body == "ok");
            CHECK(seen.starts_with("POST /a/../seti.php?x=%41&y=a+b HTTP/1.1\r\n"));
            CHECK(seen.find("\r\nContent-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
            CHECK(seen.find("\r\nContent-Length: 18\r\n") != std::string::npos);
            CHECK(seen.find("Expect") == std::string::npos);
            CHECK(seen.find("Accept-Encoding") == std::string::npos);
            CHECK(seen.ends_with("\r\n\r\nupdate=A%7E1&code="));
        }
    }

    TEST_CASE("one handle after the other gets, puts and posts, each with its own headers only") {
        std::string seen;
        const ScriptedServer server{[&](Connection& c) {
            while (auto request = c.read_request()) {
                seen = *request;
                c.send(answer("ok"));
            }
        }};
        HttpClient client{{}};
        auto get = request_to(server.url("/api/products?page=1"), "");
        get.method = Method::get;
        get.headers = {{"X-Auth-Token", "k3y"}, {"Accept", "application/json"}};
        auto put = get;
        put.method = Method::put;
        put.content_type = "application/json";
        put.body = "{\"amount\":5}";
        for (int round = 0; round < 2; ++round) {
            CHECK(carry(client, get).body == "ok");
            CHECK(seen.starts_with("GET /api/products?page=1 HTTP/1.1\r\n"));
            CHECK(seen.find("\r\nX-Auth-Token: k3y\r\n") != std::string::npos);
            CHECK(seen.find("\r\nAccept: application/json\r\n") != std::string::npos);
            CHECK(seen.find("Content-") == std::string::npos);
            CHECK(seen.ends_with("\r\n\r\n"));
            for (const Rewind rewind : {Rewind::allowed, Rewind::forbidden}) {
                put.rewind = rewind;
                CHECK(carry(client, put).body == "ok");
                CHECK(seen.starts_with("PUT /api/products?page=1 HTTP/1.1\r\n"));
                CHECK(seen.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
                CHECK(seen.find("\r\nContent-Length: 12\r\n") != std::string::npos);
                CHECK(seen.find("Expect") == std::string::npos);
                CHECK(seen.ends_with("\r\n\r\n{\"amount\":5}"));
            }
            CHECK(carry(client, request_to(server.url(), "a=b")).body == "ok");
            CHECK(seen.starts_with("POST / HTTP/1.1\r\n"));
            CHECK(seen.find("X-Auth-Token") == std::string::npos);
            CHECK(seen.find("\r\nContent-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
        }
    }

    TEST_CASE("a large body that cannot be rewound arrives whole") {
        std::size_t seen = 0;
        const std::string body(3'000'000, 'x');
        const ScriptedServer server{[&](Connection& c) {
            if (const auto request = c.read_request()) seen = request->size() - request->find("\r\n\r\n") - 4;
            c.send(answer("ok"));
        }};
        HttpClient client{{}};
        auto request = request_to(server.url(), body);
        request.rewind = Rewind::forbidden;
        CHECK(carry(client, std::move(request)).transport == Transport::complete);
        CHECK(seen == body.size());
    }

    TEST_CASE("bytes that come one by one make the same answer") {
        const Reply reply = ask([](Connection& c) {
            if (c.read_request()) c.send_one_by_one(answer("SETIResponse=OK;SKU=A;QOH=1;NOTE="));
        });
        CHECK(reply.transport == Transport::complete);
        CHECK(reply.body == "SETIResponse=OK;SKU=A;QOH=1;NOTE=");
    }

    TEST_CASE("a chunked answer is whole, and not if its last chunk is missing") {
        const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        const Reply whole = ask(once(head + "0\r\n\r\n"));
        CHECK(whole.transport == Transport::complete);
        CHECK(whole.body == "hello");
        CHECK_FALSE(whole.is_close_framed);
        const Reply cut = ask(once(head));
        CHECK(cut.transport == Transport::closed);
        CHECK(cut.status == 200);
    }

    TEST_CASE("an answer that ends by closing alone says so") {
        const Reply reply = ask(once("HTTP/1.1 200 OK\r\n\r\nhello"));
        CHECK(reply.transport == Transport::complete);
        CHECK(reply.is_close_framed);
        CHECK(reply.body == "hello");
    }

    TEST_CASE("an answer shorter than announced is none") {
        const Reply reply = ask(once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"));
        CHECK(reply.transport == Transport::closed);
        CHECK(reply.was_sent);
        CHECK(reply.status == 200);
    }

    TEST_CASE("a connection closed without a byte may have carried the request") {
        const Reply reply = ask([](Connection& c) { static_cast<void>(c.read_request()); });
        CHECK(reply.transport == Transport::closed);
        CHECK(reply.was_sent);
        CHECK(reply.status == 0);
    }

    TEST_CASE("a reset in the middle of headers is no answer") {
        const Reply reply = ask([](Connection& c) {
            if (c.read_request()) c.send("HTTP/1.1 200 OK\r\nContent-");
            c.reset();
        });
        CHECK(reply.transport == Transport::closed);
        CHECK(reply.was_sent);
    }

    TEST_CASE("half a status line leaves no status") {
        const Reply reply = ask(once("HTTP/1.1 2"));
        CHECK(reply.transport == Transport::closed);
        CHECK(reply.status == 0);
    }

    TEST_CASE("what is no answer of HTTP is none, though the store may have done its work") {
        for (const char* said : {"SETIResponse=OK", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/0.9 200 OK\r\n\r\nSETIResponse=OK", "HTTP/4.2 200 OK\r\n\r\nhello"}) {
            CAPTURE(said);
            const Reply reply = ask(once(said));
            CHECK(reply.transport == Transport::not_http);
            CHECK(reply.was_sent);
        }
    }

    TEST_CASE("headers without an end are too large: many, one, or those of answers before the answer") {
        const auto without_end = [](std::string head, std::string more) {
            return [=](Connection& c) {
                if (!c.read_request()) return;
                c.send(head);
                for (int i = 0; i < 4'000 && c.send(more); ++i) continue;
            };
        };
        const std::string kilobyte(1'000, 'x');
        for (const auto& [head, more] : {std::pair<std::string, std::string>{"HTTP/1.1 200 OK\r\n", "X-More: " + kilobyte + "\r\n"},
                                         {"HTTP/1.1 200 OK\r\nX-One: ", kilobyte},
                                         {"", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: " + kilobyte + "\r\n\r\n"}}) {
            CAPTURE(head);
            const Reply reply = ask(without_end(head, more));
            CHECK(reply.transport == Transport::too_large);
            CHECK(reply.was_sent);
        }
    }

    // Counts what a store applies that closes the second request on a reused connection without an answer.
    int applications_of_a_store_that_applies_and_closes(Rewind rewind, Method method = Method::post) {
        std::atomic<int> applied{0};
        std::atomic<int> begun_again{0};
        const ScriptedServer server{[&](Connection& c) {
            for (int n = 1; const auto head = c.read_head(); ++n) {
                if (c.number() > 1) ++begun_again;
                const auto request = c.read_body(*head);
                if (!request) return;
                if (request->find("update=") != std::string::npos) ++applied;
                if (c.number() == 1 && n == 2) return;
                c.send(answer("ok"));
            }
        }};
        HttpClient client{{}};
        CHECK(carry(client, request_to(server.url(), "setifunction=sendversion")).body == "ok");
        auto update = request_to(server.url(), "update=A%7E-2");
        update.rewind = rewind;
        update.method = method;
        const Reply reply = carry(client, std::move(update));
        if (rewind == Rewind::forbidden) {
            CHECK(reply.transport == Transport::closed);
            CHECK(reply.was_sent);
            CHECK(begun_again == 0);
        }
        return applied;
    }

    TEST_CASE("a change that a reused connection swallowed is never sent again by itself") {
        for (const Method method : {Method::post, Method::put})
            CHECK(applications_of_a_store_that_applies_and_closes(Rewind::forbidden, method) == 1);
    }

    TEST_CASE("what may be repeated is repeated by libcurl, which is why changes are not given to it so") {
        CHECK(applications_of_a_store_that_applies_and_closes(Rewind::allowed) == 2);
    }

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
        request.whole_timeout = Milliseconds{100};
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::timed_out);
        CHECK(reply.was_sent);
        CHECK(reply.took >= Milliseconds{50});
    }

    TEST_CASE("a store that stops in the middle of a long answer is left when nothing comes") {
        const ScriptedServer server{[](Connection& c) {
            if (c.read_request()) c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            c.hang();
        }};
        HttpClient client{{}};
        auto request = request_to(server.url());
        request.whole_timeout.reset();
        request.idle_timeout = Milliseconds{100};
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

    TEST_CASE("addresses that are not to be asked are never tried") {
        HttpClient client{{}};
        for (const char* url :
             {"", "shop.example", "ftp://shop.example/", "file:///etc/passwd", "https://", "http://a b/"}) {
            CAPTURE(url);
            const Reply reply = carry(client, request_to(url));
            CHECK(reply.transport == Transport::bad_url);
            CHECK_FALSE(reply.was_sent);
        }
        const ScriptedServer server{always(answer("ok"))};
        auto request = request_to(server.url());
        request.plain_http = PlainHttp::refused;
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::plain_http_refused);
        CHECK_FALSE(reply.was_sent);
        CHECK(server.connections() == 0);
    }

    TEST_CASE("a redirect is an answer and is not followed") {
        const ScriptedServer elsewhere{always(answer("you should not see this"))};
        const Reply reply = ask(always(answer("", "302 Found", "Location: " + elsewhere.url() + "\r\n")));
        CHECK(reply.status == 302);
        CHECK(elsewhere.connections() == 0);
    }

    TEST_CASE("a proxy in the environment is ignored") {
        const test::DeadPort dead;
        ::setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(dead.port())).c_str(), 1);
        CHECK(ask(always(answer("ok"))).body == "ok");
        ::unsetenv("http_proxy");
    }

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
        request.idle_timeout = Milliseconds{200};
        client.start(1, request);
        client.start(2, request_to(other.url()));
        std::vector<HttpClient::Finished> finished;
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{600};
        while (std::chrono::steady_clock::now() < until) {
            client.poll({}, Milliseconds{20});
            for (auto& one : client.take_finished()) finished.push_back(std::move(one));
        }
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

    TEST_CASE("headers are those of the final answer") {
        const Reply reply = ask(once("HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n" +
                                     answer("ok", "200 OK", "X-Late: yes\r\n")));
        CHECK(reply.status == 200);
        CHECK(header(reply, "x-early").empty());
        CHECK(header(reply, "x-late") == "yes");
    }

    TEST_CASE("a store's wish for a pause is read from its header") {
        const Reply reply = ask(always(answer("", "503 Service Unavailable", "Retry-After: 120\r\n")));
        CHECK(reply.retry_after == Milliseconds{120'000});
        CHECK_FALSE(ask(always(answer(""))).retry_after);
    }

    TEST_CASE("the store's own time is read from its header") {
        const Reply reply = ask(always(answer("", "200 OK", "Date: Wed, 18 Nov 2026 11:06:40 GMT\r\n")));
        CHECK(reply.date == WallTime{std::chrono::seconds{1'795'000'000}});
        CHECK_FALSE(ask(always(answer(""))).date);
        CHECK_FALSE(ask(always(answer("", "200 OK", "Date: soon\r\n"))).date);
    }

    TEST_CASE("an answer that comes before the request is through is read") {
        const Reply reply = ask([](Connection& c) {
            if (c.read_head()) c.send(answer("too much", "413 Payload Too Large", "Connection: close\r\n"));
            c.hang();
        });
        CHECK(reply.status == 413);
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
