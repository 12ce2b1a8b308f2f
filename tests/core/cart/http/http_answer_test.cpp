// What comes back, whole or not: a store may have done its work whatever it says.
#include <doctest/doctest.h>

#include "http_scripts.h"

namespace stocktray::http {
namespace {

using test::always;
using test::answer;
using test::ask;
using test::Connection;
using test::once;

}  // namespace

TEST_SUITE("HttpClient: the answer") {
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
}

}  // namespace stocktray::http
