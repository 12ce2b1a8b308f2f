// The gateway is killed at every write while it takes a post; the Order Manager repeats until it has an answer.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/gateway/script/gateway_process.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: crash") {
    TEST_CASE("killed at every write of a post: it is counted once, or the doubt is named") {
        GatewayBench om;
        CHECK(om.post("SKU-0001", 1).starts_with("SETIResponse=OK"));
        CHECK(om.gateway.stop() == 0);
        int died = 0;
        int doubts = 0;
        auto expected = om.bench.book("SKU-0002").value();
        for (int when = 1; when <= 14; ++when) {
            CAPTURE(when);
            // Each round another difference, so that no round's repeat is another one's.
            const int delta = -when;
            // The writes of a start come first: only those behind are counted.
            om.gateway.start();
            const auto tracer = Process{{{"strace", "-f", "-p", std::to_string(om.gateway.process().id()), "-o", "/dev/null", "-e",
                                          "trace=pwrite64", "-e", fmt::format("inject=pwrite64:signal=SIGKILL:when={}", when)},
                                         {},
                                         {}}};
            CHECK(eventually([&] { return tracer.errors().find("attached") != std::string::npos; }));
            auto reply = om.call("invupdate", {{"update", fmt::format("SKU-0002~{}", delta)}});
            const bool has_died = reply.status != 200;
            if (has_died) ++died;
            om.gateway.kill();
            om.gateway.start();
            if (has_died) reply = om.call("invupdate", {{"update", fmt::format("SKU-0002~{}", delta)}});
            CHECK(reply.body.starts_with("SETIResponse=OK"));
            CHECK(om.rests());
            const auto once = expected + delta;
            const auto noted = om.bench.alert(ipc::AlertKind::noted);
            const bool is_doubt = noted && noted->message.find(fmt::format("{:+} of", delta)) != std::string::npos &&
                                  noted->message.find("both were counted") != std::string::npos;
            if (is_doubt) ++doubts;
            expected = is_doubt ? once + delta : once;
            CHECK(om.book_has("SKU-0002", expected));
            CHECK(om.store_has("SKU-0002", expected));
            om.gateway.kill();
        }
        CHECK(died >= 5);
        CHECK(doubts <= 2);
    }
}
