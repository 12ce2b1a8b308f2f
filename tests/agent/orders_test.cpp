// orders.imported: whether the Order Manager has the cart's web orders.
#include <doctest/doctest.h>

#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

ipc::orders::Imported an_import(const std::string& last, std::vector<ipc::orders::WebOrder> orders) {
    ipc::orders::Imported imported;
    imported.cart = "main";
    imported.at = 1'800'000'000'000;
    imported.last_order = last;
    imported.count = static_cast<std::int64_t>(orders.size());
    imported.orders = std::move(orders);
    return imported;
}

ipc::qoh::Change a_taking(const std::string& id, const std::string& sku, std::int64_t delta,
                          const std::string& order) {
    auto change = a_change(id, sku, delta);
    change.reason = ipc::Reason::web_order_imported;
    change.origin_cart = "main";
    change.order = order;
    return change;
}

}  // namespace

TEST_SUITE("Orders") {
    TEST_CASE(
        "an import whose lines are covered by changes is complete, and says the same when it is repeated") {
        Bench bench;
        bench.submit({a_taking("w1", "SKU-0002", -2, "17"), a_taking("w2", "SKU-0003", -1, "17")});
        const auto imported =
            an_import("17", {{"17", {{.sku = "SKU-0002", .qty = 2}, {.sku = "SKU-0003", .qty = 1}}}});
        for (int round = 0; round < 2; ++round) {
            const auto result = bench.agent.must(imported);
            CHECK(result.complete);
            CHECK(result.missing.empty());
        }
        CHECK(bench.cart().import_complete == true);
    }

    TEST_CASE("an import is complete with a count that comes too late to move anything") {
        Bench bench;
        const auto counted = [&](const std::string& id, std::int64_t version) {
            auto change = a_change(id, "SKU-0002", 0);
            change.delta.reset();
            change.qoh = *bench.book("SKU-0002");
            change.version = version;
            return change;
        };
        bench.submit({counted("n5", 5)});
        CHECK(!bench.agent.must(an_import("17", {{"17", {{.sku = "SKU-0002", .qty = 2}}}})).complete);
        auto late = counted("n4", 4);
        late.reason = ipc::Reason::web_order_imported;
        late.origin_cart = "main";
        late.order = "17";
        late.taken = 2;
        CHECK(bench.agent.must(a_submit({late})).superseded == 1);
        CHECK(bench.cart().import_complete == true);
        CHECK(!bench.alert(ipc::AlertKind::import_incomplete));
    }

    TEST_CASE("lines that no change has covered are named, and complete once they are") {
        Bench bench;
        bench.submit({a_taking("w1", "SKU-0002", -2, "17")});
        const auto imported =
            an_import("17", {{"17", {{.sku = "SKU-0002", .qty = 2}, {.sku = "SKU-0003", .qty = 1}}}});
        const auto result = bench.agent.must(imported);
        CHECK(!result.complete);
        REQUIRE(result.missing.size() == 1);
        CHECK(result.missing[0].order == "17");
        CHECK(result.missing[0].sku == "SKU-0003");
        CHECK(bench.alert(ipc::AlertKind::import_incomplete));
        bench.submit({a_taking("w2", "SKU-0003", -1, "17")});
        CHECK(bench.cart().import_complete == true);
        CHECK(bench.agent.must(imported).complete);
        CHECK(!bench.alert(ipc::AlertKind::import_incomplete));
    }

    TEST_CASE("pieces that wait for their backorder are held and not missing") {
        Bench bench;
        bench.submit({a_taking("w1", "SKU-0002", -1, "18")});
        CHECK(bench.agent.must(an_import("18", {{"18", {{.sku = "SKU-0002", .qty = 3, .taken = 1}}}}))
                  .complete);
        ipc::qoh::List list;
        list.skus = {"SKU-0002"};
        CHECK(bench.agent.must(list).items.at(0).listings.at(0).not_imported == 2);
    }

    TEST_CASE("an order that is reported again replaces its lines") {
        Bench bench;
        CHECK(!bench.agent.must(an_import("19", {{"19", {{.sku = "SKU-0002", .qty = 2}}}})).complete);
        CHECK(bench.agent.must(an_import("19", {{"19", {{.sku = "SKU-0002", .qty = 0}}}})).complete);
    }

    TEST_CASE("an unknown cart is not found, and an import without a number is invalid") {
        Bench bench;
        auto imported = an_import("1", {});
        imported.cart = "nowhere";
        CHECK(outcome(bench.agent, imported) == "not_found");
        imported.cart = "No Cart";
        CHECK(outcome(bench.agent, imported) == "invalid_params");
        imported = an_import("1", {{"", {}}});
        CHECK(outcome(bench.agent, imported) == "invalid_params");
    }
}
