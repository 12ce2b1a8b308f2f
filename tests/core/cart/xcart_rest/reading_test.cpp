#include <doctest/doctest.h>

#include <algorithm>

#include "core/cart/xcart_rest/read_answer.h"
#include "core/cart/xcart_rest/requests.h"
#include "core/cart/xcart_rest/seen_ids.h"
#include "shop.h"

namespace stocktray::cart {
namespace {

using namespace test;

constexpr Generation both[]{Generation::module, Generation::platform};

std::optional<ReadCount> item_of(const CountsResult& result, const std::string& sku) {
    const auto found = std::ranges::find(result.items, sku, &ReadCount::sku);
    return found == result.items.end() ? std::nullopt : std::optional{*found};
}

void fill(Store& store, int products) {
    store.variants.clear();
    store.products.clear();
    for (int i = 1; i <= products; ++i) store.products.push_back({i, "S-" + std::to_string(i), i});
}

}  // namespace

TEST_SUITE("rest counts") {
    TEST_CASE(
        "the whole shop: products, variants of their own count, untracked ones, SKUs that are there twice") {
        for (const Generation generation : both) {
            Shop shop{generation};
            const auto result = shop.all();
            CHECK(result.is_complete);
            CHECK(item_of(result, "A") == ReadCount{"A", CountWord::count, 10});
            CHECK(item_of(result, "U") == ReadCount{"U", CountWord::not_tracked, 0});
            CHECK(item_of(result, "D") == ReadCount{"D", CountWord::ambiguous, 0});
            CHECK(item_of(result, "AB-red") == ReadCount{"AB-red", CountWord::count, 4});
            CHECK(item_of(result, "AB-blue") == ReadCount{"AB-blue", CountWord::not_tracked, 0});
            CHECK(result.distinct == 7);
            CHECK(result.items.size() == 7);
        }
    }

    TEST_CASE("pages of every size, capped and overlapping ones, give each product once") {
        for (const Generation generation : both)
            for (const std::int64_t batch : {1, 7, 100, 1000}) {
                Shop shop{generation};
                fill(shop.store, 230);
                const auto result = shop.all(batch);
                CHECK(result.is_complete);
                CHECK(result.items.size() == 230);
            }
        for (const std::int64_t cap : {25, 30}) {
            Shop shop{Generation::platform};
            fill(shop.store, 130);
            shop.store.page_cap = cap;
            CHECK(shop.all().items.size() == 130);
        }
        Shop shop{Generation::platform};
        fill(shop.store, 130);
        shop.store.page_overlap = 3;
        const auto result = shop.all(20);
        CHECK(result.items.size() >= 125);  // what the overlap pushes off the end is the shop's own gap
        CHECK(
            std::ranges::none_of(result.items, [](const auto& i) { return i.word == CountWord::ambiguous; }));
    }

    TEST_CASE("ids that a shop has counted up are remembered in a bit each, others as well") {
        xcart_rest::SeenIds seen;
        constexpr std::int64_t many = 1'000'000;
        for (std::int64_t id = 1; id <= many; ++id) REQUIRE(seen.add(id));
        CHECK(seen.size() == many);
        CHECK(seen.blocks() * 512 < many + 1'024);
        for (const std::int64_t id : {std::int64_t{1}, many / 2, many}) {
            CHECK_FALSE(seen.add(id));
            CHECK(seen.has(id));
        }
        for (const std::int64_t id : {std::int64_t{0}, many + 1, std::int64_t{-1}, std::int64_t{-511}, std::int64_t{1} << 62}) {
            CHECK_FALSE(seen.has(id));
            CHECK(seen.add(id));
            CHECK_FALSE(seen.add(id));
        }
    }

    TEST_CASE("a shop without variants is asked for them only until that is clear") {
        Shop shop{Generation::platform};
        fill(shop.store, 230);
        shop.store.has_variants_module = false;
        CHECK(shop.all().items.size() == 230);
        CHECK(shop.asked.size() < 30);
    }

    TEST_CASE(
        "a product without a SKU spoils its list: it is found by halving, named, and the rest is read") {
        Shop shop{Generation::platform};
        fill(shop.store, 130);
        shop.store.products[41].sku.reset();
        const auto result = shop.all();
        CHECK(result.is_complete);
        CHECK(result.items.size() == 129);
        REQUIRE(result.bad.size() == 1);
        CHECK(result.bad[0].find("number 42 ") != std::string::npos);
        CHECK(result.bad[0].find("S-41") != std::string::npos);
        // What is missing is not known to be missing.
        CHECK(shop.counts({"S-1", "NOBODY"}).items[1].word == CountWord::error);
    }

    TEST_CASE("a shop that fails at everything is given up") {
        for (const Generation generation : both) {
            Shop shop{generation};
            fill(shop.store, 1000);
            shop.store.before_all = [](const Store::Request&) {
                return Store::Response{500, {}, "{\"detail\":\"no database\"}"};
            };
            const auto result = shop.all();
            CHECK(!result.is_complete);
            CHECK(result.cause == Cause::http_error);
            CHECK(result.text == "no database");
            CHECK(shop.asked.size() < 60);
        }
    }

    TEST_CASE("some SKUs, in the order asked for, without the whole list once it is known where they are") {
        for (const Generation generation : both) {
            Shop shop{generation};
            (void)shop.counts({"A"});
            const auto before = shop.asked.size();
            const auto known = shop.counts({"AB-red", "A", "A"});
            CHECK(known.items == std::vector<ReadCount>{{"AB-red", CountWord::count, 4},
                                                        {"A", CountWord::count, 10},
                                                        {"A", CountWord::count, 10}});
            CHECK(shop.asked.size() - before <= 8);
            const auto rest = shop.counts({"NOBODY", "U", "D", "AB-blue"});
            REQUIRE(rest.is_complete);
            CHECK(rest.items[1].word == CountWord::not_tracked);
            CHECK(rest.items[2].word == CountWord::ambiguous);
            CHECK(rest.items[3].word == CountWord::not_tracked);
        }
        Shop shop{Generation::module};
        CHECK(shop.counts({"NOBODY"}).items[0].word == CountWord::not_found);
    }

    TEST_CASE("a page that is lost on the way is asked for again, twice") {
        Shop shop{Generation::platform};
        int lost = 0;
        shop.store.before_all = [&](const Store::Request&) -> std::optional<Store::Response> {
            if (++lost <= 2) return Store::Response{0, {}, {}};
            return std::nullopt;
        };
        CHECK(shop.all().is_complete);
        shop.store.before_all = [](const Store::Request&) { return Store::Response{0, {}, {}}; };
        CHECK(shop.all().cause == Cause::timeout);
    }
}

TEST_SUITE("rest orders") {
    TEST_CASE("orders behind a number are counted, also when numbers and times disagree") {
        for (const Generation generation : both) {
            Shop shop{generation};
            CHECK(shop.orders("All").orders == 0);
            for (int i = 1; i <= 5; ++i) {
                shop.time += 10;
                shop.store.sell("A", 1);
            }
            shop.store.sell("A", 1);  // in the same second as the fifth
            CHECK(shop.orders("All").orders == 6);
            CHECK(shop.orders("5").orders == 1);
            CHECK(shop.orders("6").orders == 0);
            CHECK(shop.orders("2").orders == 4);
            const auto unknown = shop.orders("99");
            CHECK(!unknown.is_answered);
        }
    }

    TEST_CASE("what cannot be told is said at once") {
        Shop shop{Generation::platform};
        const auto moves = cart::read_moves(shop.access, {"A"}, "1", {});
        CHECK(std::get<MovesResult>(shop.talk(*moves)).cause == Cause::unknown_function);
        const auto batch =
            cart::update_batch(shop.access, shop.learned, {{"A", 1, std::nullopt}}, Sending::first);
        CHECK(std::get<BatchResult>(shop.talk(*batch)).items.at(0).outcome == Outcome::refused);
        CHECK(shop.asked.empty());
    }
}

TEST_SUITE("rest texts") {
    TEST_CASE("the shop's address is found in whatever was typed in") {
        using xcart_rest::shop_address;
        for (const char* url : {"https://a.example", "https://a.example/", "https://a.example/admin.php",
                                "https://a.example/admin.php?target=RESTAPI", "https://a.example/api/",
                                "https://a.example/api"})
            CHECK(shop_address(url) == "https://a.example/");
        CHECK(shop_address("https://a.example/shop/api/products?x=1") == "https://a.example/shop/");
    }

    TEST_CASE("times with every zone") {
        using xcart_rest::read_time;
        const WallTime noon =
            std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{12};
        for (const char* text : {"2026-11-25T12:00:00+00:00", "2026-11-25T13:30:00+0130",
                                 "2026-11-25T07:00:00-05:00", "2026-11-25T12:00:00Z"})
            CHECK(read_time(text) == noon);
        for (const char* text :
             {"", "2026-11-25", "2026-13-25T12:00:00Z", "2026-11-25T12:00:00+1", "2026-11-25 12:00:00"})
            CHECK(!read_time(text));
    }

    TEST_CASE("JSON is found behind whatever was printed before it") {
        using xcart_rest::find_json;
        CHECK(find_json("[]")->json.is_array());
        CHECK(!find_json("[]")->has_preamble);
        CHECK(find_json("<b>Notice</b>: {x} [y]\n{\"a\":1}")->json["a"] == 1);
        CHECK(find_json("<b>Notice</b>: {x} [y]\n{\"a\":1}")->has_preamble);
        CHECK(!find_json("{\"a\":1} and more"));
        CHECK(!find_json("<html></html>"));
    }
}

}  // namespace stocktray::cart
