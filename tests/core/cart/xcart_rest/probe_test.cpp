#include <doctest/doctest.h>

#include <algorithm>

#include "shop.h"

namespace stocktray::cart {
namespace {

using namespace test;

constexpr Generation both[]{Generation::module, Generation::platform};

bool names(const ProbeResult& result, const std::string& code) {
    return std::ranges::find(result.problems, code, &ProbeProblem::code) != result.problems.end();
}

}  // namespace

TEST_SUITE("rest probe") {
    TEST_CASE("both generations are told apart by their answers, and what REST cannot promise is said") {
        for (const Generation generation : both) {
            Shop shop{generation};
            const auto counts = std::pair{shop.store.count("A"), shop.store.count("C")};
            const auto result = shop.probe();
            CHECK(result.is_usable);
            CHECK(result.version.is_script);
            CHECK(result.learned.rest == shop.learned.rest);
            CHECK(result.learned.clamps);
            CHECK(result.learned.dialect.has_value());
            CHECK(result.learned.counts != CountSource::unknown);
            CHECK(!result.learned.extension);
            REQUIRE(cart::cautions(Kind::xcart_rest).size() == 1);
            CHECK(names(result, cart::cautions(Kind::xcart_rest)[0].code));
            CHECK(cart::cautions(Kind::seti).empty());
            CHECK(counts == std::pair{shop.store.count("A"), shop.store.count("C")});
            for (const auto& problem : result.problems) {
                CHECK(problem.cause == Cause::none);
                CHECK(!problem.hint.empty());
            }
        }
    }

    TEST_CASE("5.5 tells its number of products and that variants are slow") {
        Shop shop{Generation::platform};
        CHECK(shop.probe().product_count == 6);
        CHECK(names(shop.probe(), "variants_are_slow"));
        shop.store.has_variants_module = false;
        CHECK(!names(shop.probe(), "variants_are_slow"));
    }

    TEST_CASE("a wrong key is named, also where the shop answers it with no word") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.access.password = "wrong";
            const auto result = shop.probe();
            CHECK(!result.is_usable);
            REQUIRE(!result.problems.empty());
            CHECK(result.problems[0].cause == Cause::auth);
            CHECK(shop.version().cause == Cause::auth);
            CHECK(shop.version().is_script);
        }
    }

    TEST_CASE(
        "a key that may only read, orders that cannot be read, and answers without a time forbid posting") {
        Shop shop{Generation::platform};
        shop.access.password = shop.store.read_key;
        auto result = shop.probe();
        CHECK(!result.is_usable);
        CHECK(!result.learned.dialect);
        CHECK(result.problems.at(0).code == "read_only_key");
        for (const Generation generation : both) {
            Shop blind{generation};
            blind.store.tells_orders = false;
            result = blind.probe();
            CHECK(!result.is_usable);
            CHECK(result.problems.at(0).code == "no_orders");
        }
    }

    TEST_CASE("a product without a SKU in the first place does not hide the shop") {
        Shop shop{Generation::platform};
        shop.store.products[0].sku.reset();
        const auto result = shop.probe();
        CHECK(result.is_usable);
        CHECK(names(result, "unreadable_product"));
        CHECK(shop.version().cause == Cause::none);
    }

    TEST_CASE("no interface, no network") {
        Shop shop{Generation::platform};
        shop.store.before_all = [](const Store::Request&) {
            return Store::Response{404, {}, "<html>no</html>"};
        };
        CHECK(shop.probe().problems.at(0).code == "rest_not_found");
        CHECK(!shop.version().is_script);
        CHECK(shop.version().cause == Cause::page_not_found);
        shop.store.before_all = [](const Store::Request&) { return Store::Response{0, {}, ""}; };
        CHECK(shop.probe().problems.at(0).cause == Cause::timeout);
        CHECK(shop.version().cause == Cause::timeout);
    }

    TEST_CASE("what is read without having been learned finds the shop by itself") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.learned = {};
            CHECK(shop.all().is_complete);
            CHECK(shop.counts({"A"}).items.at(0).qoh == 10);
        }
    }
}

}  // namespace stocktray::cart
