#include "core/cart/xcart_rest/reading.h"

#include <algorithm>
#include <utility>

namespace stocktray::cart::xcart_rest {
namespace {

constexpr int most_repeats = 2;  // of a question that was lost on the way
constexpr int most_order_pages = 20;
constexpr int not_there = 404;

bool is_of_the_way(Cause cause) noexcept {
    return cause == Cause::timeout || cause == Cause::closed || cause == Cause::truncated;
}

Trouble unreadable(std::string text) {
    Trouble trouble;
    trouble.cause = Cause::malformed;
    trouble.is_shop = true;
    trouble.status = 200;
    trouble.text = std::move(text);
    return trouble;
}

// Kept by a cache: a count of before.
bool is_stored(const http::Reply& reply) {
    const auto age = http::header(reply, "age");
    return !age.empty() && age != "0";
}

bool is_latest_first(const std::vector<Order>& orders) {
    return !orders.empty() && orders.front().date > orders.back().date &&
           std::ranges::is_sorted(orders, std::ranges::greater{}, &Order::date);
}

}  // namespace

Shop shop_of(const Access& access, RestApi api) {
    auto memory = access.memory ? access.memory : std::make_shared<Memory>();
    return {Requests{access, api}, std::move(memory)};
}

Talk<Said> ask(Wire& wire, const Shop& shop, http::Request request) {
    const auto redactor = shop.requests.redactor();
    for (int repeats = 0;; ++repeats) {
        http::Request sent = request;
        const http::Reply reply = co_await wire.ask(std::move(sent));
        auto answer = read_answer(reply, shop.api(), redactor);
        if (answer && is_stored(reply))
            answer = tl::unexpected{unreadable("The answer comes from a store in front of the shop.")};
        const bool is_lost = !answer && is_of_the_way(answer.error().cause);
        if (is_lost && repeats < most_repeats) continue;
        Said said{std::move(answer), std::nullopt};
        if (reply.date) said.at = Moment{*reply.date, reply.took};
        co_return said;
    }
}

Talk<Found> find_api(Wire& wire, Access access, std::optional<RestApi> known) {
    Found found;
    std::vector<RestApi> candidates{RestApi::platform, RestApi::module};
    if (access.url.find("admin.php") != std::string::npos) std::ranges::reverse(candidates);
    if (known) candidates = {*known};
    for (const RestApi api : candidates) {
        const Requests requests{access, api};
        const auto redactor = requests.redactor();
        auto request = requests.products({0, 1});
        const http::Reply reply = co_await wire.ask(std::move(request));
        auto answer = read_answer(reply, api, redactor);
        found.took = reply.took;
        found.has_clock = reply.date.has_value();
        if (answer && answer->json.is_array()) {
            found.api = api;
            found.trouble.reset();
            found.has_preamble = answer->has_preamble;
            co_return found;
        }
        auto trouble = answer ? unreadable("The answer is no list of products.") : answer.error();
        // X-Cart's own word, whatever it is, says where it was heard. A product without a SKU is enough to
        // make a list of one fail.
        if (trouble.is_shop && trouble.cause != Cause::page_not_found && !answer) {
            found.api = api;
            found.trouble = std::move(trouble);
            if (found.trouble->status == 500) {
                auto other = requests.orders(std::nullopt, {0, 1});
                const http::Reply second = co_await wire.ask(std::move(other));
                if (read_answer(second, api, redactor)) found.trouble.reset();
            }
            co_return found;
        }
        const bool is_reached = trouble.status != 0;
        if (!found.trouble || trouble.cause != Cause::page_not_found) found.trouble = std::move(trouble);
        if (!is_reached) break;  // the other one lives at the same address
    }
    co_return found;
}

Talk<Look> look_at(Wire& wire, const Shop& shop, Place place, std::string sku) {
    Look look;
    look.place = place;
    look.count = {sku, CountWord::error, 0};
    bool is_tracked = true;
    if (place.product != 0) {
        auto request = shop.requests.product(place.product);
        const Said said = co_await ask(wire, shop, std::move(request));
        look.at = said.at;
        if (!said.answer) {
            if (said.answer.error().status != not_there) look.trouble = said.answer.error();
            co_return look;
        }
        const auto product = read_product(said.answer->json);
        if (!product) {
            look.trouble = unreadable("The product could not be read.");
            co_return look;
        }
        is_tracked = product->is_tracked;
        if (!place.variant) {
            if (product->sku == sku)
                look.count = {sku, is_tracked ? CountWord::count : CountWord::not_tracked,
                              is_tracked ? product->amount : 0};
            co_return look;
        }
    }
    auto request = shop.requests.variant(place);
    const Said said = co_await ask(wire, shop, std::move(request));
    look.at = said.at;
    if (!said.answer) {
        if (said.answer.error().status != not_there) look.trouble = said.answer.error();
        co_return look;
    }
    const auto variant = read_variant(said.answer->json);
    if (!variant) {
        look.trouble = unreadable("The variant could not be read.");
    } else if (variant->sku == sku) {
        const bool has_own = is_tracked && !variant->shares_stock;
        look.count = {sku, has_own ? CountWord::count : CountWord::not_tracked,
                      has_own ? variant->amount : 0};
    }
    co_return look;
}

Talk<Orders> orders_since(Wire& wire, const Shop& shop, WallTime since) {
    Orders result;
    bool may_have_ended = false;
    for (int page = 0; page < most_order_pages; ++page) {
        auto request = shop.requests.orders(since, {page * largest_page, largest_page});
        const Said said = co_await ask(wire, shop, std::move(request));
        if (!said.answer) {
            result.trouble = said.answer.error();
            co_return result;
        }
        auto orders = read_list(said.answer->json, &read_order);
        if (!orders) {
            result.trouble = unreadable("The orders could not be read.");
            co_return result;
        }
        // A short page in no order of time: it was the last one only if nothing follows it.
        if (std::exchange(may_have_ended, false) && !orders->empty()) break;
        const bool is_short = std::ssize(*orders) < largest_page;
        const bool is_sorted = is_latest_first(*orders) || std::ranges::none_of(*orders, [&](const Order& order) { return order.date < since; });
        const bool is_last = orders->empty() || (is_short && is_sorted);
        may_have_ended = is_short;
        // Only in an order of time does an old one say that the rest is older.
        const bool is_past = is_latest_first(*orders) && orders->back().date < since;
        for (Order& order : *orders)
            if (order.date >= since) result.orders.push_back(std::move(order));
        if (is_last || is_past) co_return result;
    }
    result.trouble = unreadable("The shop tells its orders in no order of time.");
    co_return result;
}

}  // namespace stocktray::cart::xcart_rest
