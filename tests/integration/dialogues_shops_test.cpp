// Our dialogues with the connector in shops on a real database.
#include <doctest/doctest.h>

#include "tests/integration/connector_fixture.h"
#include "tests/integration/talk.h"

namespace stocktray::tests {

TEST_SUITE("Dialogues with the connector in shops") {
    TEST_CASE("counts are set in every shop and both dialects, and read back as they were set") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            Talk talk{rig().url(shop), rig().user(), rig().password()};
            const auto store = of(shop);
            std::int64_t count = 70;
            for (const cart::Dialect dialect : {cart::Dialect::text, cart::Dialect::xml}) {
                cart::Learned learned;
                learned.dialect = dialect;
                learned.counts = cart::CountSource::qohquery;
                ++count;
                const std::vector<cart::CountToSet> counts{
                    {store.sku(61), count}, {"GONE", 3}, {store.sku(62), 0}};
                const auto result =
                    talk.carry<cart::ReplaceResult>(cart::seti::replace_counts(talk.access, learned, counts));
                CHECK(result.is_complete);
                REQUIRE(result.items.size() == 3);
                CHECK(result.items[0].word == cart::ReplaceWord::ok);
                CHECK(result.items[1].word == cart::ReplaceWord::not_found);
                CHECK(result.items[2].word == cart::ReplaceWord::ok);
                CHECK(store.count(store.sku(61)) == count);
                CHECK(store.count(store.sku(62)) == 0);
                const auto read = talk.carry<cart::CountsResult>(cart::seti::read_counts(
                    talk.access, learned, 250, {counts[0].sku, counts[1].sku, counts[2].sku}));
                REQUIRE(read.items.size() == 3);
                CHECK(read.items[0].qoh == count);
                CHECK(read.items[1].word == cart::CountWord::not_found);
                CHECK(read.items[2].qoh == 0);
            }
        }
    }

    TEST_CASE("a keyed change at a shop that keeps no keys is certainly not applied, and goes through without one") {
        STOCKTRAY_NEEDS_RIG();
        const auto store = of(Shop::classic_myisam);
        Talk talk{rig().url(Shop::classic_myisam), rig().user(), rig().password()};
        const long long before = store.count(store.sku(214));
        cart::Learned once;  // as it was before the tables were put back without transactions
        once.dialect = cart::Dialect::text;
        once.extension.emplace().has_postid = true;
        const cart::StockUpdate keyed{store.sku(214), -2, cart::PostKey{fresh_key(), 1, store.store_id()}};
        for (const auto sending : {cart::Sending::first, cart::Sending::repeat}) {
            const auto result = talk.carry<cart::UpdateResult>(cart::seti::update(talk.access, once, keyed, sending));
            CHECK(result.outcome == cart::Outcome::refused);
            CHECK(result.cause == cart::Cause::unknown_function);
        }
        CHECK(store.count(store.sku(214)) == before);
        const cart::Learned now = talk.learn();
        REQUIRE(now.extension);
        CHECK_FALSE(now.extension->has_postid);
        const auto result = talk.carry<cart::UpdateResult>(
            cart::seti::update(talk.access, now, {store.sku(214), -2, std::nullopt}, cart::Sending::first));
        CHECK(result.outcome == cart::Outcome::applied);
        CHECK(store.count(store.sku(214)) == before - 2);
    }
}

}  // namespace stocktray::tests
