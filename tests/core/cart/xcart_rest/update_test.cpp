#include <doctest/doctest.h>

#include "core/cart/xcart_rest/window.h"
#include "shop.h"

namespace stocktray::cart {
namespace {

using namespace test;
using xcart_rest::judge;
using xcart_rest::Sold;
using xcart_rest::Written;

constexpr Generation both[]{Generation::module, Generation::platform};

// Sold while the change is being written, before or behind it.
Store::Interference sale(Store& store, const std::string& sku, std::int64_t pieces) {
    return [&store, sku, pieces](const Store::Request&) {
        store.sell(sku, pieces);
        return std::nullopt;
    };
}
Store::Interference says(int status, std::string body = {}, std::map<std::string, std::string> headers = {}) {
    return [=](const Store::Request&) { return Store::Response{status, headers, body}; };
}

}  // namespace

TEST_SUITE("rest update") {
    TEST_CASE("a change is read, added, written once, read again and compared with the orders") {
        for (const Generation generation : both) {
            Shop shop{generation};
            const auto result = shop.update("A", -3);
            CHECK(result.outcome == Outcome::applied);
            CHECK(result.qoh == 7);
            CHECK(!result.clamped_to);
            CHECK(shop.store.count("A") == 7);
            CHECK(shop.writes() == 1);
            CHECK(shop.asked.back().url.find("DELETE") == std::string::npos);
            CHECK(shop.store.orders.empty());
        }
    }

    TEST_CASE("a write never travels twice by itself, and the key is in no address") {
        for (const Generation generation : both) {
            Shop shop{generation};
            (void)shop.update("A", -3);
            (void)shop.probe();
            (void)shop.all();
            for (const auto& request : shop.asked) {
                CHECK(request.url.find("key-to") == std::string::npos);
                const bool is_write = request.method == http::Method::put ||
                                      request.body.find("_method=put") != std::string::npos;
                CHECK((request.rewind == http::Rewind::forbidden) == is_write);
                CHECK(request.plain_http == http::PlainHttp::refused);
            }
        }
    }

    TEST_CASE("the store stops at zero, and the change says how much of it was possible") {
        for (const Generation generation : both) {
            Shop shop{generation};
            auto result = shop.update("A", -15);
            CHECK(result.outcome == Outcome::applied);
            CHECK(result.qoh == 0);
            CHECK(result.clamped_to == -10);
            result = shop.update("A", -2);
            CHECK(result.outcome == Outcome::applied);
            CHECK(result.clamped_to == 0);
            CHECK(shop.writes() == 1);  // nothing was to be written
        }
    }

    TEST_CASE("a variant with a count of its own is changed, one that shares its product's is not tracked") {
        for (const Generation generation : both) {
            Shop shop{generation};
            CHECK(shop.update("AB-red", 2).outcome == Outcome::applied);
            CHECK(shop.store.count("AB-red") == 6);
            const auto shared = shop.update("AB-blue", 2);
            CHECK(shared.outcome == Outcome::rejected);
            CHECK(shared.cause == Cause::not_tracked);
        }
    }

    TEST_CASE("not found, not tracked and ambiguous are rejected, and nothing is written") {
        for (const Generation generation : both) {
            Shop shop{generation};
            const std::pair<const char*, Cause> table[]{{"B", Cause::not_found},
                                                        {"a", Cause::not_found},
                                                        {"U", Cause::not_tracked},
                                                        {"D", Cause::ambiguous}};
            for (const auto& [sku, cause] : table) {
                CAPTURE(sku);
                const auto result = shop.update(sku, 1);
                CHECK(result.outcome == Outcome::rejected);
                CHECK(result.cause == cause);
            }
            CHECK(shop.update(std::string(33, 'x'), 1).cause == Cause::unsendable_sku);
            // Characters, not bytes.
            CHECK(shop.update("Артикул-Артикул-Артикул", 1).cause == Cause::not_found);
            CHECK(shop.writes() == 0);
        }
    }

    TEST_CASE("a product that has moved or is new is found by reading the list again") {
        Shop shop{Generation::platform};
        CHECK(shop.update("A", 1).outcome == Outcome::applied);
        shop.store.products[0].sku = "B";
        shop.store.products.push_back({9, "A", 50});
        CHECK(shop.update("A", 1).outcome == Outcome::applied);
        CHECK(shop.store.products.back().amount == 51);
        CHECK(shop.store.products[0].amount == 11);
    }

    TEST_CASE(
        "a SKU that was missed costs no look at the variants of known products, and a whole look when asked "
        "again") {
        Shop shop{Generation::platform};
        (void)shop.update("A", 1);
        const auto variant_lists = [&] { return shop.store.seen("GET", "/variants?"); };
        const int first = variant_lists();
        CHECK(shop.update("NEW", 1).cause == Cause::not_found);
        CHECK(variant_lists() == first);
        shop.store.variants.push_back({20, 1, "NEW", 6, false});
        CHECK(shop.update("NEW", 1).outcome == Outcome::applied);
        CHECK(variant_lists() > first);
        shop.store.products.push_back({9, "NEWER", 1});
        shop.store.variants.push_back({21, 9, "NEWEST", 6, false});
        CHECK(shop.update("NEWEST", 1).outcome == Outcome::applied);
        CHECK(shop.update("AB-red", 1).outcome == Outcome::applied);
    }

    TEST_CASE("after a start the list is read before any change is under way") {
        for (const Generation generation : both) {
            Shop shop{generation};
            CHECK(shop.version().is_script);
            const auto before = shop.asked.size();
            (void)shop.update("A", 1);
            CHECK(shop.asked.size() - before == 4);
            (void)shop.version();
            CHECK(shop.asked.size() - before == 5);
        }
    }

    TEST_CASE("the list is read once for many changes") {
        Shop shop{Generation::platform};
        (void)shop.update("A", 1);
        const auto first = shop.asked.size();
        (void)shop.update("C", 1);
        CHECK(shop.asked.size() - first == 4);
    }

    TEST_CASE(
        "a sale that was overwritten is unclear, whatever was sold, in the same second or a later one") {
        for (const Generation generation : both)
            for (const std::int64_t delta : {-3, 3, 1}) {
                Shop shop{generation};
                shop.store.before_write = [&](const Store::Request& request) {
                    if (delta == 3) shop.time += 2;
                    return sale(shop.store, "A", 1)(request);
                };
                const auto result = shop.update("A", delta);
                CHECK(result.outcome == Outcome::unclear);
                CHECK(result.cause == Cause::changed_meanwhile);
                CHECK(shop.writes() == 1);
            }
    }

    TEST_CASE("a sale behind the write is counted and the change is applied") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.after_write = [&](const Store::Request& request) {
                shop.time += 1;
                return sale(shop.store, "A", 2)(request);
            };
            const auto result = shop.update("A", -3);
            CHECK(result.outcome == Outcome::applied);
            CHECK(result.qoh == 5);
            CHECK(shop.store.count("A") == 5);
            // In the second of the first look nobody can tell on which side of it a sale was.
            shop.time += 60;
            shop.store.after_write = sale(shop.store, "A", 2);
            CHECK(shop.update("A", -1).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("a sale that had read the count before and writes it behind ours is unclear") {
        for (const Generation generation : both) {
            Shop shop{generation};
            std::int64_t read = 0;
            shop.store.before_write = [&](const Store::Request&) {
                read = shop.store.read_for_sale("A");
                return std::nullopt;
            };
            shop.store.after_write = [&](const Store::Request&) {
                shop.time += 1;
                shop.store.write_sale("A", 1, read);
                return std::nullopt;
            };
            CHECK(shop.update("A", -3).outcome == Outcome::unclear);
            CHECK(shop.store.count("A") == 9);  // our three are lost, and it is said
        }
    }

    TEST_CASE(
        "a sale seconds before cannot be told from one between: unclear; one of long ago does not count") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.sell("A", 1);
            shop.time += 3;
            CHECK(shop.update("A", -3).outcome == Outcome::unclear);
            shop.time += 60;
            CHECK(shop.update("A", -3).outcome == Outcome::applied);
        }
    }

    TEST_CASE("a shop that tells its orders as it likes hides no sale among them") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.heeds_order_wishes = false;
            for (int i = 1; i <= 250; ++i)
                shop.store.orders.push_back({i, shop.time - 10'000 + i, {{"A", 1, std::nullopt, 1, 0}}});
            CHECK(shop.update("A", -1).outcome == Outcome::applied);
            shop.store.before_write = sale(shop.store, "A", 1);
            CHECK(shop.update("A", -3).outcome == Outcome::unclear);
            shop.store.before_write = nullptr;
            shop.time += 60;
            for (int i = 1; i <= 2'500; ++i) shop.store.orders.push_back(shop.store.orders.front());
            CHECK(shop.update("A", -1).outcome == Outcome::unclear);  // the end of them is not in sight
        }
    }

    TEST_CASE("a look that took long widens the window: the sale may have come behind it") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.sell("A", 1);
            shop.time += 8;
            shop.took = Milliseconds{4'000};
            CHECK(shop.update("A", -3).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("a sale of something else does not count, and what is only ordered back takes nothing") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.before_write = sale(shop.store, "C", 1);
            CHECK(shop.update("A", -3).outcome == Outcome::applied);
        }
        Shop shop{Generation::platform};
        shop.store.orders.push_back({1, shop.time, {{"A", 1, std::nullopt, 2, 2}}});
        CHECK(shop.update("A", -3).outcome == Outcome::applied);
    }

    TEST_CASE("a variant that draws on its product makes the product's change unclear") {
        Shop shop{Generation::platform};
        shop.store.before_write = sale(shop.store, "AB-blue", 1);
        CHECK(shop.update("AB", -3).outcome == Outcome::unclear);
    }

    TEST_CASE("a sale of a variant that draws on its product is seen at the module, too") {
        Shop shop{Generation::module};
        shop.store.before_write = [&](const Store::Request&) -> std::optional<Store::Response> {
            // Under the variant's own SKU, from the product's stock; and its write is overwritten.
            const auto& product = shop.store.products.front();
            shop.store.orders.push_back({99, shop.time + 1, {{*product.sku + "-red", product.id, std::nullopt, 1, 0}}});
            return std::nullopt;
        };
        CHECK(shop.update(*shop.store.products.front().sku, -3).outcome == Outcome::unclear);
    }

    TEST_CASE("the list of variants is read before the count that is written over") {
        Shop shop{Generation::module};
        shop.store.before_all = [&](const Store::Request& request) -> std::optional<Store::Response> {
            if (request.body.find("xc-productvariants") != std::string::npos) {
                shop.store.before_all = nullptr;
                shop.store.sell("A", 5);  // meanwhile: the list takes minutes
            }
            return std::nullopt;
        };
        const auto before = shop.store.count("A");
        (void)shop.update("A", -1);
        CHECK(shop.store.count("A") == before - 6);
    }

    TEST_CASE(
        "a write without an answer is applied if it is there and nobody sold, else unclear, and never "
        "repeated") {
        for (const Generation generation : both) {
            for (const int status : {0, 500, 502, 504}) {
                CAPTURE(status);
                Shop done{generation};
                done.store.after_write = says(status, "<html>oops</html>");
                CHECK(done.update("A", -3).outcome == Outcome::applied);
                CHECK(done.writes() == 1);

                Shop undone{generation};
                undone.store.before_write = says(status, "<html>oops</html>");
                CHECK(undone.update("A", -3).outcome == Outcome::unclear);
                CHECK(undone.writes() == 1);

                Shop sold{generation};
                sold.store.before_write = [&](const Store::Request&) -> std::optional<Store::Response> {
                    sold.store.sell("A", 3);
                    return Store::Response{status, {}, "<html>oops</html>"};
                };
                CHECK(sold.update("A", -3).outcome == Outcome::unclear);  // seven are there, by the sale
            }
        }
    }

    TEST_CASE("what the shop's own words turn down is refused or rejected") {
        Shop shop{Generation::platform};
        shop.access.password = shop.store.read_key;
        auto result = shop.update("A", -3);
        CHECK(result.outcome == Outcome::refused);
        CHECK(result.cause == Cause::auth);
        CHECK(result.text.find("may only read") != std::string::npos);
        for (const Generation generation : both) {
            Shop nameless{generation};
            nameless.store.products[0].name.clear();
            result = nameless.update("A", -3);
            CHECK(result.outcome == Outcome::rejected);
            CHECK(result.cause == Cause::invalid_product);
            CHECK(!result.text.empty());
        }
    }

    TEST_CASE("a no without the shop's words is a refusal only if the count stands and nobody sold") {
        for (const Generation generation : both) {
            Shop stands{generation};
            stands.store.before_write = says(403, "<html>firewall</html>");
            CHECK(stands.update("A", -3).outcome == Outcome::refused);
            Shop swallowed{generation};
            swallowed.store.after_write = says(403, "<html>firewall</html>");
            CHECK(swallowed.update("A", -3).outcome == Outcome::applied);
            Shop sold{generation};
            sold.store.before_write = [&](const Store::Request&) -> std::optional<Store::Response> {
                sold.store.sell("A", 1);
                return Store::Response{403, {}, "<html>firewall</html>"};
            };
            CHECK(sold.update("A", -3).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("before anything is written every trouble is a refusal, with the wait that the shop asks for") {
        for (const Generation generation : both) {
            Shop shop{generation};
            shop.store.before_all = says(429, "", {{"retry-after", "7"}});
            auto result = shop.update("A", -3);
            CHECK(result.outcome == Outcome::refused);
            CHECK(result.cause == Cause::rate_limited);
            CHECK(result.retry_after == Milliseconds{7'000});
            shop.store.before_all = says(0);
            CHECK(shop.update("A", -3).outcome == Outcome::refused);
            shop.store.before_all = nullptr;
            shop.access.password = "wrong";
            result = shop.update("A", -3);
            CHECK(result.outcome == Outcome::refused);
            CHECK(result.cause == Cause::auth);
            CHECK(shop.writes() == 0);
        }
    }

    TEST_CASE("a limit that meets the write and the look behind it is a refusal") {
        Shop shop{Generation::platform};
        shop.store.before_write = [&](const Store::Request&) -> std::optional<Store::Response> {
            shop.store.before_all = says(429, "", {{"retry-after", "7"}});
            return Store::Response{429, {}, ""};
        };
        const auto result = shop.update("A", -3);
        CHECK(result.outcome == Outcome::refused);
        CHECK(result.retry_after == Milliseconds{7'000});
    }

    TEST_CASE("orders or a count that cannot be read behind the write make it unclear") {
        for (const Generation generation : both) {
            Shop blind{generation};
            blind.store.after_write = [&](const Store::Request&) {
                blind.store.tells_orders = false;
                return std::nullopt;
            };
            CHECK(blind.update("A", -3).outcome == Outcome::unclear);
            Shop gone{generation};
            gone.store.after_write = [&](const Store::Request&) {
                gone.store.before_all = says(503, "<html>down</html>");
                return std::nullopt;
            };
            CHECK(gone.update("A", -3).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("answers without a time, or from a cache, are not worked with") {
        Shop shop{Generation::platform};
        const auto carry_on = [&](const std::function<void(http::Reply&)>& spoil) {
            const auto talk =
                cart::update(shop.access, shop.learned, {"A", -3, std::nullopt}, Sending::first);
            Step step = talk->begin();
            while (auto* request = std::get_if<http::Request>(&step)) {
                shop.asked.push_back(*request);
                auto reply = carried(shop.store, *request);
                spoil(reply);
                step = talk->answered(reply);
            }
            return std::get<UpdateResult>(std::get<Done>(step)).outcome;
        };
        CHECK(carry_on([](http::Reply& reply) { reply.date.reset(); }) == Outcome::refused);
        CHECK(carry_on([](http::Reply& reply) { reply.headers.emplace_back("age", "12"); }) ==
              Outcome::refused);
        CHECK(shop.writes() == 0);
    }

    TEST_CASE("PHP's notice in front of the JSON does no harm") {
        Shop shop{Generation::module};
        shop.store.prints_notices = true;
        const auto result = shop.update("A", -3);
        CHECK(result.outcome == Outcome::applied);
        CHECK(result.warnings == std::vector{Warning::preamble});
    }

    TEST_CASE("what the shop says never has the key in it") {
        Shop shop{Generation::platform};
        shop.store.before_all = says(401, "{\"message\":\"no such key: key-to-read-and-write\"}");
        const auto result = shop.update("A", 1);
        CHECK(result.text.find("key-to") == std::string::npos);
        CHECK(!result.text.empty());
    }

    TEST_CASE("without what was learned nothing is asked, and a repeat is never sent") {
        Shop shop{Generation::platform};
        shop.learned.dialect.reset();
        CHECK(shop.update("A", 1).outcome == Outcome::refused);
        shop.learned.dialect = Dialect::text;
        const auto repeat = cart::update(shop.access, shop.learned, {"A", 1, std::nullopt}, Sending::repeat);
        CHECK(std::get<UpdateResult>(shop.talk(*repeat)).outcome == Outcome::refused);
        CHECK(shop.asked.empty());
    }
}

TEST_SUITE("rest window") {
    TEST_CASE("no mixture of sales and answers makes a lost piece look applied or a written one refused") {
        // All that can happen to one write, the sales at their four places, told to the judge as it is seen.
        constexpr std::int64_t stock = 20;
        for (const std::int64_t delta : {-3, -1, 1, 3})
            for (const std::int64_t just_before : {0, 1, 3})
                for (const std::int64_t between : {0, 1, 3})
                    for (const std::int64_t behind : {0, 1, 3})
                        for (const bool is_written : {false, true})
                            for (const bool overtakes : {false, true})
                                for (const auto said :
                                     {Written::said_yes, Written::said_no, Written::unknown}) {
                                    if (said == Written::said_yes && !is_written) continue;
                                    const std::int64_t before = stock - just_before;
                                    const std::int64_t target = before + delta;
                                    std::int64_t count = before - between;
                                    if (is_written) count = target;
                                    // One that had read before the write puts down what it had reckoned.
                                    count =
                                        overtakes && behind > 0 ? before - between - behind : count - behind;
                                    const std::int64_t sold = just_before + between + behind;
                                    const std::int64_t due = stock + delta - sold;
                                    const auto outcome =
                                        judge(said, {before, target, count}, Sold{sold, just_before == 0});
                                    if (outcome == Outcome::applied) CHECK(count == due);
                                    if (outcome == Outcome::refused) CHECK(count == due - delta);
                                }
    }

    TEST_CASE("without sales a yes that is seen is applied") {
        CHECK(judge(Written::said_yes, {10, 7, 7}, {}) == Outcome::applied);
        CHECK(judge(Written::unknown, {10, 7, 7}, {}) == Outcome::applied);
        CHECK(judge(Written::said_yes, {10, 7, 10}, {}) == Outcome::unclear);
        CHECK(judge(Written::unknown, {10, 7, 10}, {}) == Outcome::unclear);
        CHECK(judge(Written::said_no, {10, 7, 10}, {}) == Outcome::refused);
        CHECK(judge(Written::said_no, {10, 7, 8}, {}) == Outcome::unclear);
        CHECK(judge(Written::said_yes, {10, 7, 5}, Sold{2, true}) == Outcome::applied);
        CHECK(judge(Written::said_yes, {10, 7, 5}, Sold{2, false}) == Outcome::unclear);
    }
}

}  // namespace stocktray::cart
