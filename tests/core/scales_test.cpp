// When a look at a store proves something, and when it proves nothing.
#include <doctest/doctest.h>

#include <memory>

#include "core/sync/scales.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

// A listing in rest whose two looks agree: of it alone something can be concluded. Each case spoils one thing.
struct Rest : OpenShop {
    Rest() : OpenShop{Script::with_moves, {{"X", 7}}, {{"X", 10}}} {
        touched = std::make_shared<stack::Touched>(cart("a").cart.key, std::vector{listing("a", "X").key});
    }
    [[nodiscard]] std::optional<sync::Evidence> conclude() {
        const auto mine = listing("a", "X");
        sync::QuietRound::Watched watched{mine.key, mine.store_sku, book_version.value_or(item("X").book_version)};
        watched.first = watched.second = look;
        return controller.scales.conclude(
            cart("a"), {sync::Orders::by_moves, 0, {watched}, touched}, watched, now);
    }
    [[nodiscard]] std::optional<sync::Unquiet> unquiet() {
        return controller.scales.unquiet(cart("a"), listing("a", "X"), item("X"), now);
    }

    cart::SkuMoves look{.count = {"X", cart::CountWord::count, 7}};
    std::shared_ptr<stack::Touched> touched;
    std::optional<std::int64_t> book_version;  // if another than the item's
};

}  // namespace

TEST_SUITE("Scales") {
    TEST_CASE("two equal looks at a listing in rest show its gap") {
        Rest rest;
        CHECK(rest.unquiet() == std::nullopt);
        const auto evidence = rest.conclude();
        REQUIRE(evidence);
        CHECK(evidence->count == 7);
        CHECK(evidence->gap.pieces == 3);
    }

    TEST_CASE("what was read while a post of the listing moved is worth nothing") {
        Rest rest;
        rest.touched->add(rest.cart("a").cart.key, rest.listing("a", "X").key);
        CHECK(!rest.conclude());
    }

    TEST_CASE("what was read before the Order Manager's count moved is worth nothing") {
        Rest rest;
        rest.book_version = rest.item("X").book_version - 1;
        CHECK(!rest.conclude());
    }

    TEST_CASE("a listing with an open item of Get QOH is not in rest") {
        Rest rest;
        start(rest, jobs::Kind::get_qoh);
        rest.shop.serve();
        const auto items = pull(rest);
        REQUIRE(items.size() == 1);
        CHECK(rest.unquiet() == sync::Unquiet::open_get);
        CHECK(!rest.conclude());
        // Taken over: both sides have 7.
        pull(rest, items[0].cursor);
        const auto evidence = rest.conclude();
        REQUIRE(evidence);
        CHECK(evidence->gap.pieces == 0);
    }

    TEST_CASE("a SKU that is to be counted again is not in rest") {
        Rest rest;
        rest.turn([&] {
            auto item = rest.item("X");
            item.needs_retake = true;
            rest.store.items.save(item);
        });
        CHECK(rest.unquiet() == sync::Unquiet::retake);
        CHECK(!rest.conclude());
    }

    TEST_CASE("a listing whose post is under way is not in rest") {
        Rest rest;
        rest.submit("X", -1);
        CHECK(rest.unquiet() == sync::Unquiet::under_way);
        CHECK(!rest.conclude());
    }
}
