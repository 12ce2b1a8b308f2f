#include "core/cart/seti/met_skus.h"

#include <doctest/doctest.h>

#include <string>

namespace stocktray::cart::seti {
namespace {

std::string sku(std::int64_t number) { return "SKU-" + std::to_string(number); }

}  // namespace

TEST_SUITE("MetSkus") {
    TEST_CASE("a SKU is new once, however many came since") {
        MetSkus met;
        for (std::int64_t k = 0; k < MetSkus::sure_up_to; ++k) REQUIRE(met.add(sku(k)));
        CHECK(met.size() == MetSkus::sure_up_to);
        for (std::int64_t k = 0; k < 1'000'000; ++k) (void)met.add(sku(k));
        for (std::int64_t k = 0; k < 1'000'000; k += 97) REQUIRE_FALSE(met.add(sku(k)));
    }

    TEST_CASE("of a million SKUs some hundreds are taken for others, and never four in a row") {
        MetSkus met;
        std::int64_t in_a_row = 0;
        std::int64_t most = 0;
        for (std::int64_t k = 0; k < 1'000'000; ++k) {
            in_a_row = met.add(sku(k)) ? 0 : in_a_row + 1;
            most = std::max(most, in_a_row);
        }
        MESSAGE("taken for others: " << 1'000'000 - met.size() << ", in a row: " << most);
        CHECK(met.size() > 999'000);
        CHECK(met.size() < 1'000'000);  // otherwise there would be nothing to be careful about
        CHECK(most < 4);
    }
}

}  // namespace stocktray::cart::seti
