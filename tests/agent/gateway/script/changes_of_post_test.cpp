#include "agent/gateway/script/changes_of_post.h"

#include <doctest/doctest.h>

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

const PostKey phone{"10.0.0.5", "main", "A", -2};
const PostedFrom from{"Main Store", 1'000};

std::int64_t sum(const std::vector<ipc::qoh::Change>& changes) {
    std::int64_t sum = 0;
    for (const auto& change : changes) sum += *change.delta;
    return sum;
}

}  // namespace

TEST_SUITE("gateway: changes of a post") {
    TEST_CASE("one change, and the same again for the same post") {
        const Arrived arrived{"p1"};
        const auto changes = changes_of(phone, arrived, FanOut::stocktray, from);
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].id == "p1-0");
        CHECK(changes[0].sku == "A");
        CHECK(changes[0].delta == -2);
        CHECK(changes[0].workstation == "10.0.0.5");
        CHECK_FALSE(changes[0].only_carts);
        CHECK_FALSE(changes[0].origin_cart);
        CHECK_FALSE(changes[0].note);
        CHECK_FALSE(changes[0].since);
        CHECK(changes == changes_of(phone, arrived, FanOut::stocktray, from));
        // Kept earlier, and not submitted until now.
        CHECK(changes_of(phone, {"p1", Arrived::As::new_post, {}, 900}, FanOut::stocktray, from)[0].since == 900);
    }

    TEST_CASE("pieces of an order at another cart are told as its import: they do not leave that cart twice") {
        const auto changes = changes_of(phone, {"p1", Arrived::As::new_post, {{"other", "17", 1}}}, FanOut::stocktray, from);
        REQUIRE(changes.size() == 2);
        CHECK(sum(changes) == -2);
        CHECK(changes[0].delta == -1);
        CHECK(changes[0].reason == ipc::Reason::web_order_imported);
        CHECK(changes[0].origin_cart == "other");
        CHECK(changes[0].order == "17");
        CHECK(changes[1].delta == -1);
        CHECK_FALSE(changes[1].origin_cart);
        CHECK(changes[0].id != changes[1].id);
        CHECK(changes_of(phone, {"p1", Arrived::As::new_post, {{"other", "17", 2}}}, FanOut::stocktray, from).size() == 1);
    }

    TEST_CASE("a repeat changes nothing and says so") {
        const auto changes = changes_of(phone, {"p1", Arrived::As::repeat}, FanOut::stocktray, from);
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].delta == 0);
        CHECK(changes[0].id == "p1-again");
        CHECK(changes[0].note->find("-2 of A") != std::string::npos);
        CHECK(changes[0].note->find("counted once") != std::string::npos);
    }

    TEST_CASE("what may be a repeat is counted and says so") {
        const auto changes = changes_of(phone, {"p2", Arrived::As::doubtful_repeat}, FanOut::stocktray, from);
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].delta == -2);
        CHECK(changes[0].note->find("both were counted") != std::string::npos);
    }

    TEST_CASE("an Order Manager that fans out itself: only its own cart, and no count of ours") {
        const auto changes = changes_of(phone, {"p1"}, FanOut::order_manager, from);
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].only_carts == std::vector<std::string>{"main"});
        CHECK(changes[0].moves_book == false);
    }

    TEST_CASE("an imported order: its pieces leave all carts but its own, once for ever") {
        ImportedOrder order{"17", {{"A", 2}, {"B", 0}, {"C", 1}}};
        order.passed_at = 3;
        const auto changes = changes_of("main", order, FanOut::stocktray, true, 5);
        REQUIRE(changes.size() == 2);
        CHECK(changes[0].delta == -2);
        CHECK(changes[0].origin_cart == "main");
        CHECK(changes[0].order == "17");
        CHECK(changes[0].since == 3);
        CHECK(changes[0].at == 5);
        CHECK(changes[1].sku == "C");
        CHECK(changes[0].id != changes[1].id);
        CHECK(changes[0].id.size() <= 64);
        CHECK(changes == changes_of("main", order, FanOut::stocktray, true, 5));
        CHECK(changes[0].id != changes_of("other", order, FanOut::stocktray, true, 5)[0].id);
        CHECK(changes_of("other", order, FanOut::stocktray, false, 5).empty());
        CHECK(changes_of("other", order, FanOut::order_manager, false, 5)[0].moves_book == false);
    }
}
