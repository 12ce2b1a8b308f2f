// Real shops in a storm: PHP workers killed in mid-request, the database stopped, crashed and deadlocked, while posts come.
// They end right to the piece, and the cart of another store notices nothing.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "tests/faults/network/shop_front.h"
#include "tests/integration/connector_fixture.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr int skus = 3;
std::string ours(int n) { return fmt::format("SKU-{:04}", n); }
std::string shops(int n) { return fmt::format("P-06{:02}", n); }

// Locks two products in the opposite order to that of the posts, and lets go: one side or the other is the victim.
void deadlock(MariadbSession& session, Shop shop) {
    const bool is_five = shop == Shop::xcart5;
    const std::string set = is_five ? "UPDATE xc_products SET amount = amount WHERE sku = '" : "UPDATE xcart_products SET avail = avail WHERE productcode = '";
    try {
        session.query(fmt::format("START TRANSACTION; {0}{1}'; DO SLEEP(0.2); {0}{2}'; COMMIT", set, shops(2), shops(1)));
    } catch (const std::runtime_error&) {  // it was the victim
        session.query("ROLLBACK");
    }
}

}  // namespace

TEST_SUITE("Storm") {
    TEST_CASE("PHP killed, the database stopped, crashed and deadlocked under live posts: right to the piece, and another store notices nothing") {
        STOCKTRAY_NEEDS_RIG();
        PracticeStore fine{{.products = skus, .floor = PracticeStore::Floor::none}};
        ShortPatience shop;
        shop.add_cart("fine", fine.url(), fine);
        std::map<std::string, long long> expected;
        for (const Shop one : safe_shops) {
            auto cart = cart_for(name_of(one), rig().url(one), rig().user(), rig().password());
            cart.timeout_ms = 3'000;
            for (int n = 1; n <= skus; ++n) {
                cart.sku_map[ours(n)].skus = {shops(n)};
                expected[name_of(one) + ours(n)] = rig().count(one, shops(n));
            }
            shop.agent.must(cart);
        }
        for (int n = 1; n <= skus; ++n) expected["fine" + ours(n)] = fine.count(ours(n));
        int last = 0;
        const auto sell = [&] {
            for (int n = 1; n <= skus; ++n) {
                shop.submit(fmt::format("c{}", ++last), ours(n), n % 2 == 0 ? 1 : -1);
                for (auto& [where, count] : expected)
                    if (where.ends_with(ours(n))) count += n % 2 == 0 ? 1 : -1;
            }
        };
        sell();
        REQUIRE(shop.rests());

        for (int round = 0; round < 3; ++round) {
            sell();
            rig().kill_php_workers();
            sell();
            for (const Shop one : safe_shops) {
                auto session = rig().session(one);
                sell();
                deadlock(session, one);
            }
            if (round == 0) rig().stop_database();
            else if (round == 1) rig().crash_database();
            sell();
            if (round < 2) {
                CHECK(shop.rests("fine"));
                for (const Shop one : safe_shops) CHECK(eventually([&] { return shop.is_late(name_of(one)); }));
                CHECK(!shop.is_late("fine"));
                rig().start_database();
            }
        }
        for (const Shop one : safe_shops) {
            ipc::stack::Retry retry;  // sooner than the script has asked for
            retry.cart = name_of(one);
            shop.agent.must(retry);
        }
        CHECK(shop.rests());
        for (const Shop one : safe_shops)
            for (int n = 1; n <= skus; ++n) CHECK(rig().count(one, shops(n)) == expected.at(name_of(one) + ours(n)));
        for (int n = 1; n <= skus; ++n) CHECK(fine.count(ours(n)) == expected.at("fine" + ours(n)));
        for (const Shop one : safe_shops) CHECK(eventually([&] { return !shop.is_late(name_of(one)); }));
    }
}
