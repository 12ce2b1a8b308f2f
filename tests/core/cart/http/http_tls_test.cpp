#include <doctest/doctest.h>

#include "core/cart/http/http_client.h"
#include "http_run.h"
#include "tests/support/server/scripted_server.h"
#include "tests/support/server/tls_files.h"

namespace stocktray::http {
namespace {

using test::answer;
using test::carry;
using test::Connection;
using test::request_to;
using test::ScriptedServer;
using test::TlsFiles;

const TlsFiles& files() {
    static const TlsFiles made;
    return made;
}

void answer_always(Connection& c) {
    while (c.read_request()) c.send(answer("ok"));
}

HttpClient trusting_client() {
    return HttpClient{{.extra_ca_file = files().authority()}};
}

void check_is_never_asked(HttpClient& client, test::TlsIdentity identity) {
    bool is_asked = false;
    const ScriptedServer server{[&](Connection& c) { is_asked = c.read_request().has_value(); },
                                std::move(identity)};
    auto request = request_to(server.url(), "password=secret");
    request.rewind = Rewind::forbidden;
    const Reply reply = carry(client, std::move(request));
    CHECK(reply.transport == Transport::tls_failed);
    CHECK_FALSE(reply.was_sent);
    CHECK(reply.status == 0);
    CHECK_FALSE(reply.detail.empty());
    CHECK(reply.detail.find("secret") == std::string::npos);
    CHECK_FALSE(is_asked);
}

}  // namespace

TEST_SUITE("HttpClient over TLS") {
    TEST_CASE("a store of a trusted authority is asked, again on the same connection") {
        const ScriptedServer server{answer_always, files().identity("IP:127.0.0.1")};
        auto client = trusting_client();
        for (int i = 0; i < 3; ++i) {
            auto request = request_to(server.url());
            request.plain_http = PlainHttp::refused;
            request.rewind = Rewind::forbidden;
            CHECK(carry(client, std::move(request)).body == "ok");
        }
        CHECK(server.connections() == 1);
    }

    TEST_CASE("a store of an unknown authority is never told anything") {
        HttpClient client{{}};
        check_is_never_asked(client, files().identity("IP:127.0.0.1"));
    }

    TEST_CASE("a store that vouches for itself is never told anything") {
        auto client = trusting_client();
        check_is_never_asked(client, files().self_signed("IP:127.0.0.1"));
    }

    TEST_CASE("a certificate for another name is no good") {
        auto client = trusting_client();
        check_is_never_asked(client, files().identity("DNS:other.example"));
    }

    TEST_CASE("a certificate whose time is over is no good") {
        auto client = trusting_client();
        check_is_never_asked(client, files().identity("IP:127.0.0.1", TlsFiles::Validity::over));
    }

    TEST_CASE("a server that speaks no TLS was told nothing") {
        const ScriptedServer plain{[](Connection& c) {
            static_cast<void>(c.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
            c.hang();
        }};
        HttpClient client{{}};
        auto request = request_to("https" + plain.url().substr(4));
        const Reply reply = carry(client, std::move(request));
        CHECK(reply.transport == Transport::no_tls);
        CHECK_FALSE(reply.was_sent);
    }

    TEST_CASE("an answer cut inside TLS is closed, not complete") {
        const ScriptedServer server{[](Connection& c) {
                                        if (c.read_request())
                                            c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                                        c.reset();
                                    },
                                    files().identity("IP:127.0.0.1")};
        auto client = trusting_client();
        const Reply reply = carry(client, request_to(server.url()));
        CHECK(reply.transport == Transport::closed);
        CHECK(reply.was_sent);
    }
}

}  // namespace stocktray::http
