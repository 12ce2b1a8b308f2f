#include <doctest/doctest.h>

#include "core/inventory/change.h"
#include "core/inventory/listing.h"

using namespace stocktray::inventory;

TEST_SUITE("Target") {
    TEST_CASE("a buffer is held back and a store below zero is possible") {
        CHECK(target({5}, {2, BelowZero::possible}) == Quantity{3});
        CHECK(target({1}, {2, BelowZero::possible}) == Quantity{-1});
    }
    TEST_CASE("a clamping store never shows less than nothing") {
        CHECK(target({1}, {2, BelowZero::clamped}) == Quantity{0});
    }
    TEST_CASE("differences on a clamping store add up without a debt") {
        const TargetRule rule{0, BelowZero::clamped};
        const auto down = difference({2}, {-3}, rule);
        const auto up = difference({-3}, {2}, rule);
        CHECK(down == Delta{-2});
        CHECK(up == Delta{2});
    }
    TEST_CASE("the gap leaves out what web orders hold") {
        CHECK(gap({10}, {1, BelowZero::possible}, {3}, {6}) == Delta{0});
        CHECK(gap({10}, {1, BelowZero::possible}, {3}, {8}) == Delta{-2});
        CHECK(gap({2}, {0, BelowZero::clamped}, {3}, {0}) == Delta{0});
    }
}

TEST_SUITE("Change") {
    Change good() {
        Change change;
        change.id = "1";
        change.sku = "A";
        change.delta = Delta{-1};
        return change;
    }
    TEST_CASE("a whole change is good") { CHECK(validate(good())); }
    TEST_CASE("a delta of 0 is good") {
        auto change = good();
        change.delta = Delta{0};
        CHECK(validate(change));
    }
    TEST_CASE("what is missing or too much is refused in words") {
        auto neither = good();
        neither.delta.reset();
        CHECK_FALSE(validate(neither));
        auto both = good();
        both.qoh = Quantity{1};
        CHECK_FALSE(validate(both));
        auto unversioned = good();
        unversioned.delta.reset();
        unversioned.qoh = Quantity{1};
        CHECK_FALSE(validate(unversioned));
        auto beyond = good();
        beyond.delta = Delta{2'000'000'001};
        CHECK_FALSE(validate(beyond));
        auto homeless = good();
        homeless.reason = Reason::web_order_imported;
        CHECK(validate(homeless).error().message.find("origin_cart") != std::string::npos);
        auto nameless = good();
        nameless.id = "";
        CHECK_FALSE(validate(nameless));
        auto control = good();
        control.sku = "A\nB";
        CHECK_FALSE(validate(control));
    }
    TEST_CASE("every reason is found again by its word") {
        for (const auto reason : {Reason::backorder_filled, Reason::phone_order, Reason::purchase_order_received,
                                  Reason::web_order_imported, Reason::adjustment, Reason::return_,
                                  Reason::inventory_imported, Reason::get_qoh, Reason::other})
            CHECK(reason_from(to_string(reason)) == reason);
        CHECK_FALSE(reason_from("stolen"));
    }
}
