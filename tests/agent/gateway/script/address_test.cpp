// Where the Order Manager finds the gateway: an address that comes later, and a port that another program still holds.
#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

#include "agent/gateway/script/web_server.h"
#include "tests/agent/gateway/script/gateway_process.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: address") {
    TEST_CASE("an address that this computer does not have, and a port that is taken, may come; a wrong one does not") {
        const auto serve = [](std::string address, std::uint16_t port) {
            const auto server = gateway::WebServer::start({.address = std::move(address), .port = port},
                                                          [](const gateway::WebRequest&) { return gateway::WebReply{}; });
            return server ? std::optional<ErrorCode>{} : server.error().code;
        };
        CHECK(serve("203.0.113.7", free_port()) == ErrorCode::busy);
        const auto first = gateway::WebServer::start({}, [](const gateway::WebRequest&) { return gateway::WebReply{}; });
        REQUIRE(first);
        CHECK(serve("127.0.0.1", (*first)->port()) == ErrorCode::busy);
        CHECK(serve("here", 1) == ErrorCode::invalid);
        CHECK(!serve("127.0.0.1", free_port()));
    }

    TEST_CASE("a gateway whose port is taken says so, waits, and answers when it is free") {
        GatewayBench om;
        CHECK(om.gateway.stop() == 0);
        const int holder = ports::bound(SOCK_STREAM, om.gateway.port());
        REQUIRE(holder >= 0);
        REQUIRE(::listen(holder, 1) == 0);
        om.gateway.start_without_waiting();
        REQUIRE(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        CHECK(om.bench.alert(ipc::AlertKind::gateway)->message.find("The Order Manager cannot reach the gateway. Nobody can be answered at") == 0);
        CHECK(om.gateway.process().is_running());
        ::close(holder);
        CHECK(eventually([&] { return !om.bench.alert(ipc::AlertKind::gateway); }));
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
    }

    TEST_CASE("a gateway that waits for its address ends when it is told to") {
        GatewayBench om;
        CHECK(om.gateway.stop() == 0);
        const int holder = ports::bound(SOCK_STREAM, om.gateway.port());
        REQUIRE(::listen(holder, 1) == 0);
        om.gateway.start_without_waiting();
        REQUIRE(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        CHECK(om.gateway.stop() == 0);
        ::close(holder);
    }
}
