// Name lookups that hang. This program has a name server of its own: its `getaddrinfo` stands before the
// system's, for libcurl too.
#include <doctest/doctest.h>
#include <netdb.h>

#include <dlfcn.h>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>

#include "core/cart/http/http_client.h"
#include "http_run.h"
#include "tests/support/server/scripted_server.h"

namespace {

// Lookups of names that begin with "slow" wait until they are released.
struct NameServer {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_released{false};
    int asked{0};  // for slow names
    int waiting{0};

    void wait_for_release() {
        std::unique_lock lock{mutex};
        ++asked;
        ++waiting;
        changed.notify_all();
        changed.wait(lock, [this] { return is_released; });
        --waiting;
        changed.notify_all();
    }
    void release() {
        std::unique_lock lock{mutex};
        is_released = true;
        changed.notify_all();
        changed.wait(lock, [this] { return waiting == 0; });
    }
    void hold() {
        const std::lock_guard lock{mutex};
        is_released = false;
        asked = 0;
    }
    int times_asked() {
        const std::lock_guard lock{mutex};
        return asked;
    }
};

NameServer& name_server() {
    static auto* server = new NameServer;  // threads may still wait in it when the program ends
    return *server;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (node == nullptr || std::strstr(node, ".stocktray-test") == nullptr)
        return real(node, service, hints, result);
    if (std::strncmp(node, "slow", 4) == 0) name_server().wait_for_release();
    if (std::strncmp(node, "none", 4) == 0) return EAI_NONAME;
    addrinfo wanted{};
    if (hints != nullptr) wanted = *hints;
    wanted.ai_family = AF_INET;
    return real("127.0.0.1", service, &wanted, result);
}

namespace stocktray::http {
namespace {

using test::answer;
using test::carry;
using test::Connection;
using test::request_to;
using test::ScriptedServer;

void answer_always(Connection& c) {
    while (c.read_request()) c.send(answer("ok"));
}

// Holds slow lookups, and lets them go at the end of a test.
struct Held {
    Held() { name_server().hold(); }
    ~Held() { name_server().release(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
};

}  // namespace

TEST_SUITE("HttpClient's name lookups") {
    TEST_CASE("a lookup that hangs delays no other host") {
        const Held held;
        const ScriptedServer server{answer_always};
        HttpClient client{{}};
        for (HttpClient::Id id = 1; id <= 8; ++id)
            client.start(id, request_to(server.url("/", "slow1.stocktray-test")));
        client.start(9, request_to(server.url("/", "quick.stocktray-test")));
        client.start(10, request_to(server.url()));
        const auto replies = carry(client, 2);
        CHECK(replies.at(9).body == "ok");
        CHECK(replies.at(10).body == "ok");
        CHECK(client.running() == 8);
    }

    TEST_CASE("one lookup serves all that wait for the same host") {
        const ScriptedServer server{answer_always};
        HttpClient client{{}};
        {
            const Held held;
            for (HttpClient::Id id = 1; id <= 8; ++id)
                client.start(id, request_to(server.url("/", "slow2.stocktray-test")));
            client.start(9, request_to(server.url()));
            CHECK(carry(client, 1).contains(9));
            CHECK(name_server().times_asked() <= 1);
        }
        for (const auto& [id, reply] : carry(client, 8)) CHECK(reply.body == "ok");
        CHECK(name_server().times_asked() == 1);
    }

    TEST_CASE("all that wait for a lookup fail with it, without a byte sent") {
        const Held held;
        const ScriptedServer server{answer_always};
        HttpClient client{{}};
        for (HttpClient::Id id = 1; id <= 4; ++id) {
            auto request = request_to(server.url("/", "slow3.stocktray-test"));
            request.connect_timeout = Milliseconds{100};
            client.start(id, std::move(request));
        }
        for (const auto& [id, reply] : carry(client, 4)) {
            CHECK(reply.transport == Transport::name_lookup_failed);
            CHECK_FALSE(reply.was_sent);
        }
        CHECK(name_server().times_asked() <= 1);
        CHECK(server.connections() == 0);
    }

    TEST_CASE("a name that nobody knows fails at once") {
        HttpClient client{{}};
        const Reply reply = carry(client, request_to("http://none.stocktray-test/"));
        CHECK(reply.transport == Transport::name_lookup_failed);
        CHECK_FALSE(reply.was_sent);
    }

    TEST_CASE("another one takes over the lookup of one that is taken back") {
        const ScriptedServer server{answer_always};
        HttpClient client{{}};
        {
            const Held held;
            client.start(1, request_to(server.url("/", "slow4.stocktray-test")));
            client.start(2, request_to(server.url("/", "slow4.stocktray-test")));
            client.start(3, request_to(server.url()));
            CHECK(carry(client, 1).contains(3));
            client.cancel(1);
        }
        CHECK(carry(client, 1).at(2).body == "ok");
    }

    TEST_CASE("taking back and ending do not wait for a lookup that hangs") {
        const Held held;  // released only when the client is gone: waiting for it would hang for ever
        const ScriptedServer server{answer_always};
        HttpClient client{{}};
        client.start(1, request_to(server.url("/", "slow5.stocktray-test")));
        client.start(2, request_to(server.url("/", "slow6.stocktray-test")));
        client.start(3, request_to(server.url()));
        CHECK(carry(client, 1).contains(3));
        client.cancel(1);
        CHECK(client.running() == 1);
    }
}

}  // namespace stocktray::http
