#include "core/sync/snapshot_intake.h"

#include <doctest/doctest.h>

#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

Result<sync::SnapshotReceipt> send(Workbench& bench, std::int64_t part, bool is_last,
                                   std::vector<store::SnapshotItem> items, const std::string& id = "s1") {
    Result<sync::SnapshotReceipt> receipt;
    bench.turn([&] { receipt = bench.controller.snapshots.receive({"om", id, part, is_last, std::move(items)}, bench.now); });
    return receipt;
}

}  // namespace

TEST_SUITE("Snapshot") {
    TEST_CASE("nothing is taken over before the last part") {
        Workbench bench;
        REQUIRE(send(bench, 0, false, {}));
        REQUIRE(send(bench, 1, false, {{"A", {1}, "Anvil", true}}));
        CHECK_FALSE(bench.store.items.find("A"));
        const auto last = send(bench, 2, true, {{"B", {2}, {}, false}});
        REQUIRE(last);
        CHECK(last->received == 2);
        CHECK(bench.item("A").qoh == inventory::Quantity{1});
        CHECK(bench.item("A").name == "Anvil");
        CHECK_FALSE(bench.item("B").is_tracked);
    }
    TEST_CASE("an item that changed meanwhile is not taken over but named") {
        Workbench bench;
        bench.snapshot({{"A", 5}, {"B", 5}});
        bench.now.steady += Milliseconds{10};
        REQUIRE(send(bench, 0, false, {}));
        bench.now.steady += Milliseconds{10};
        bench.submit("A", -1);
        bench.now.steady += Milliseconds{10};
        const auto last = send(bench, 1, true, {{"A", {5}, {}, true}, {"B", {7}, {}, true}});
        REQUIRE(last);
        CHECK(last->retake == std::vector<std::string>{"A"});
        CHECK(bench.item("A").qoh == inventory::Quantity{4});
        CHECK(bench.item("A").needs_retake);
        CHECK(bench.item("B").qoh == inventory::Quantity{7});
        bench.now.steady += Milliseconds{10};
        REQUIRE(send(bench, 1, true, {{"A", {4}, {}, true}}, "s2"));
        CHECK_FALSE(bench.item("A").needs_retake);
    }
    TEST_CASE("the last part repeated is answered again and counts nothing again") {
        Workbench bench;
        REQUIRE(send(bench, 0, false, {}));
        REQUIRE(send(bench, 1, true, {{"A", {5}, {}, true}}));
        bench.now.steady += Milliseconds{10};
        bench.submit("A", -1);
        const auto again = send(bench, 1, true, {{"A", {5}, {}, true}});
        REQUIRE(again);
        CHECK(again->received == 1);
        CHECK(bench.item("A").qoh == inventory::Quantity{4});
    }
    TEST_CASE("a part out of order or of a snapshot that is not open is refused") {
        Workbench bench;
        CHECK(send(bench, 1, false, {}).error().code == ErrorCode::conflict);
        REQUIRE(send(bench, 0, false, {}));
        CHECK(send(bench, 2, false, {}).error().code == ErrorCode::conflict);
        REQUIRE(send(bench, 1, false, {{"A", {1}, {}, true}}));
        const auto repeated = send(bench, 1, false, {{"A", {1}, {}, true}});
        REQUIRE(repeated);
        CHECK(repeated->received == 1);
    }
    TEST_CASE("one that nobody goes on with is discarded after an hour") {
        Workbench bench;
        REQUIRE(send(bench, 0, false, {}));
        bench.pass(Milliseconds{61 * 60'000});
        CHECK(send(bench, 1, false, {{"A", {1}, {}, true}}).error().code == ErrorCode::conflict);
    }
    TEST_CASE("it posts nothing, and ties the store's SKUs to the items") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"A", 3}, {"ONLY-THERE", 1}});
        bench.snapshot({{"A", 5}});
        CHECK(bench.posts().empty());
        CHECK(bench.listing("a", "A").item == bench.item("A").key);
        CHECK_FALSE(bench.listing("a", "ONLY-THERE").item);
    }
}
