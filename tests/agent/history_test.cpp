// history.list: who did what, when and why.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("History") {
    TEST_CASE("a change is kept with who, where and why, and told") {
        Bench bench;
        Listener listener{bench.agent, {"history"}};
        auto change = a_change("c1", "SKU-0002", -2);
        change.by = "Jane";
        change.workstation = "till 3";
        change.reason_text = "broken in transit";
        bench.submit({change});
        ipc::history::List list;
        list.sku = "SKU-0002";
        list.kinds = {ipc::HistoryKind::change};
        const auto entries = bench.agent.must(list).entries;
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].by == "Jane");
        CHECK(entries[0].workstation == "till 3");
        CHECK(entries[0].delta == -2);
        CHECK(entries[0].text.find("broken in transit") != std::string::npos);
        REQUIRE(entries[0].data.find("reason_text") != nullptr);
        CHECK(*entries[0].data.find("reason_text") == ipc::Data{"broken in transit"});
        CHECK(*entries[0].data.find("reason") == ipc::Data{"adjustment"});
        const auto told = listener.wait_for<ipc::events::HistoryAdded>(
            [](const auto& event) { return event.by == "Jane"; });
        REQUIRE(told);
        CHECK(told->entry == entries[0].entry);
    }

    TEST_CASE("comes oldest first in pages, and can be cut by time, kind and cart") {
        Bench bench;
        for (int n = 0; n < 12; ++n) bench.submit(fmt::format("c{}", n), "SKU-0003", 1);
        ipc::history::List list;
        list.sku = "SKU-0003";
        list.kinds = {ipc::HistoryKind::change};
        list.limit = 5;
        std::int64_t last = 0;
        std::size_t seen = 0;
        for (int page = 0; page < 4; ++page) {
            const auto result = bench.agent.must(list);
            for (const auto& entry : result.entries) {
                CHECK(entry.entry > last);
                last = entry.entry;
                ++seen;
            }
            list.after = result.next;
            if (!result.next) break;
        }
        CHECK(seen == 12);
        list = {};
        list.since = bench.agent.must(ipc::agent::Hello{"test", 1}).server_time + 60'000;
        CHECK(bench.agent.must(list).entries.empty());
        list = {};
        list.cart = "main";
        list.kinds = {ipc::HistoryKind::setting};
        CHECK(!bench.agent.must(list).entries.empty());
        list.cart = "nowhere";
        CHECK(outcome(bench.agent, list) == "not_found");
    }

    TEST_CASE("of a cart that was removed stays") {
        Bench bench;
        ipc::carts::Delete remove;
        remove.cart = "main";
        bench.agent.must(remove);
        ipc::history::List list;
        list.cart = "main";
        CHECK(!bench.agent.must(list).entries.empty());
    }
}
