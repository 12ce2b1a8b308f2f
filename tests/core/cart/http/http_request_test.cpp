// What goes out, where to, and that a change goes out once.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>

#include "http_scripts.h"

namespace stocktray::http {
namespace {

using test::always;
using test::answer;
using test::ask;
using test::carry;
using test::Connection;
using test::request_to;
using test::ScriptedServer;

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

}  // namespace

TEST_SUITE("HttpClient: the request") {
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

    TEST_CASE("a change that a reused connection swallowed is never sent again by itself") {
        for (const Method method : {Method::post, Method::put})
            CHECK(applications_of_a_store_that_applies_and_closes(Rewind::forbidden, method) == 1);
    }

    TEST_CASE("what may be repeated is repeated by libcurl, which is why changes are not given to it so") {
        CHECK(applications_of_a_store_that_applies_and_closes(Rewind::allowed) == 2);
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
}

}  // namespace stocktray::http
