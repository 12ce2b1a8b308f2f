#include "core/sync/snapshot_intake.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

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

constexpr std::int64_t many = 3'000;  // several slices

std::string sku_of(std::int64_t n) { return fmt::format("S-{:04}", n); }

// Opened, and all of it sent but for the last part.
std::vector<store::SnapshotItem> have_sent_all_but_the_last(Workbench& bench) {
    REQUIRE(send(bench, 0, false, {}));
    bench.now.steady += Milliseconds{10};
    std::vector<store::SnapshotItem> items;
    for (std::int64_t n = 0; n < many; ++n) items.push_back({sku_of(n), {n}, {}, true});
    const std::vector<store::SnapshotItem> first{items.begin() + 300, items.end()};
    CHECK(send(bench, 1, false, first)->received == many - 300);
    return {items.begin(), items.begin() + 300};
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
        CHECK(bench.has_alert("no_baseline"));
        CHECK(bench.item("B").qoh == inventory::Quantity{7});
        bench.now.steady += Milliseconds{10};
        REQUIRE(send(bench, 1, true, {{"A", {4}, {}, true}}, "s2"));
        CHECK_FALSE(bench.item("A").needs_retake);
        CHECK_FALSE(bench.has_alert("no_baseline"));
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
    TEST_CASE("many items are taken over slice by slice, and changes are taken meanwhile") {
        Workbench bench;
        std::map<std::string, std::int64_t> known;
        for (std::int64_t n = 0; n < many; ++n) known[sku_of(n)] = 7;
        bench.open_cart("a", Script::with_keys, known);
        const auto rest = have_sent_all_but_the_last(bench);
        const auto last = send(bench, 2, true, rest);
        REQUIRE(last);
        CHECK(last->is_under_way);
        const auto first_sku = sku_of(0);
        const auto last_sku = sku_of(many - 1);
        CHECK(bench.store.items.find(first_sku));
        CHECK_FALSE(bench.store.items.find(last_sku));
        // Who sends the last part again hears the same, and another snapshot has to wait.
        CHECK(send(bench, 2, true, rest)->is_under_way);
        CHECK(send(bench, 0, false, {}, "s2").error().code == ErrorCode::busy);
        CHECK(send(bench, 1, true, {}, "s2").error().code == ErrorCode::busy);
        bench.submit(first_sku, -1);
        bench.submit(last_sku, -1);
        while (bench.controller.snapshots.has_more()) bench.turn();
        const auto receipt = send(bench, 2, true, rest);
        REQUIRE(receipt);
        CHECK_FALSE(receipt->is_under_way);
        CHECK(receipt->received == many);
        // Nobody knows whether the count was read before this change.
        CHECK(receipt->retake == std::vector<std::string>{last_sku});
        CHECK(bench.item(first_sku).qoh == inventory::Quantity{-1});
        CHECK_FALSE(bench.item(last_sku).has_baseline);
        for (std::int64_t n = 1; n < many - 1; ++n) {
            REQUIRE(bench.item(sku_of(n)).qoh == inventory::Quantity{n});
            REQUIRE(bench.listing("a", sku_of(n)).item == bench.item(sku_of(n)).key);
        }
        CHECK(send(bench, 0, false, {}, "s2"));
    }
    TEST_CASE("a restart goes on with what was being taken over, and an hour does not discard it") {
        Workbench bench;
        const auto rest = have_sent_all_but_the_last(bench);
        CHECK(send(bench, 2, true, rest)->is_under_way);
        bench.now.wall += std::chrono::hours{2};
        bench.now.steady += std::chrono::hours{2};
        bench.restart();
        CHECK(send(bench, 2, true, rest)->is_under_way);
        while (bench.controller.snapshots.has_more()) bench.turn();
        const auto receipt = send(bench, 2, true, rest);
        REQUIRE(receipt);
        CHECK(receipt->received == many);
        CHECK(receipt->retake.empty());
        for (std::int64_t n = 0; n < many; ++n) REQUIRE(bench.item(sku_of(n)).qoh == inventory::Quantity{n});
    }
    TEST_CASE("of a SKU that was sent twice the later count holds, and it is one item") {
        Workbench bench;
        REQUIRE(send(bench, 0, false, {}));
        CHECK(send(bench, 1, false, {{"A", {1}, {}, true}, {"A", {2}, {}, true}, {"B", {5}, {}, true}})->received == 2);
        CHECK(send(bench, 2, true, {{"B", {6}, {}, true}})->received == 2);
        CHECK(bench.item("A").qoh == inventory::Quantity{2});
        CHECK(bench.item("B").qoh == inventory::Quantity{6});
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
