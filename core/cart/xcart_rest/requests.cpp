#include "core/cart/xcart_rest/requests.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/cart/seti/form.h"

namespace stocktray::cart::xcart_rest {
namespace {

using seti::percent_encode;

constexpr std::size_t page_limit = 16U << 20U;  // of 100 products with all their texts
constexpr std::string_view json = "application/json";
constexpr std::string_view json_with_total = "application/ld+json";

// A key with a line end in it would be a header of its own.
std::string header_value(const std::string& key) {
    const bool is_line = std::ranges::all_of(key, [](unsigned char c) { return c >= ' ' && c != 127; });
    return is_line ? key : std::string{};
}

std::string page(const Part& part) {
    return "page=" + std::to_string(part.skipped / part.size + 1) +
           "&itemsPerPage=" + std::to_string(part.size);
}

std::string limit(const Part& part) {
    return "&_cnd%5Blimit%5D%5B0%5D=" + std::to_string(part.skipped) +
           "&_cnd%5Blimit%5D%5B1%5D=" + std::to_string(part.size);
}

std::string iso_time(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{seconds - day};
    const auto two = [](auto number) {
        const auto text = std::to_string(number);
        return text.size() < 2 ? "0" + text : text;
    };
    return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) +
           "-" + two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
           two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "+00:00";
}

}  // namespace

std::string shop_address(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    constexpr std::array<std::string_view, 4> ends{"/admin.php", "/api/products", "/api/", "/api"};
    for (const std::string_view end : ends)
        if (url.ends_with(end)) {
            url.remove_suffix(end.size());
            break;
        }
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string{url} + "/";
}

Requests::Requests(Access access, RestApi api)
    : access_{std::move(access)}, api_{api}, shop_{shop_address(access_.url)} {}

http::Request Requests::common() const {
    http::Request request;
    // An answer from a cache would be a count of before, with a time of before.
    request.headers = {{"Cache-Control", "no-cache"}};
    request.plain_http = access_.plain_http;
    request.whole_timeout = access_.timeout;
    request.max_body = page_limit;
    return request;
}

http::Request Requests::ask_platform(std::string_view path, std::string_view format) const {
    auto request = common();
    request.method = http::Method::get;
    request.url = shop_ + "api/" + std::string{path};
    request.headers.emplace_back("Accept", format);
    request.headers.emplace_back("X-Auth-Token", header_value(access_.password));
    return request;
}

http::Request Requests::ask_module(std::string_view path, std::string_view more) const {
    auto request = common();
    request.url = shop_ + "admin.php?target=RESTAPI";
    request.body = "_key=" + percent_encode(access_.password) + "&_method=get&_path=" + percent_encode(path) +
                   std::string{more};
    return request;
}

http::Request Requests::products(const Part& part) const {
    if (api_ == RestApi::module) return ask_module("product", limit(part));
    return ask_platform("products?" + page(part), json);
}

http::Request Requests::products_total() const {
    return ask_platform("products?" + page({0, 1}), json_with_total);
}

http::Request Requests::products_like(std::string_view sku, const Part& part) const {
    return ask_module("product", "&_cnd%5BSKU%5D=" + percent_encode(sku) + limit(part));
}

http::Request Requests::product(std::int64_t id) const {
    const auto number = std::to_string(id);
    return api_ == RestApi::module ? ask_module("product/" + number, "")
                                   : ask_platform("products/" + number, json);
}

http::Request Requests::variants_of(std::int64_t product, const Part& part) const {
    return ask_platform("products/" + std::to_string(product) + "/variants?" + page(part), json);
}

http::Request Requests::variants(const Part& part) const {
    return ask_module("xc-productvariants-productvariant", limit(part));
}

http::Request Requests::variant(const Place& place) const {
    const auto number = std::to_string(place.variant.value_or(0));
    if (api_ == RestApi::module) return ask_module("xc-productvariants-productvariant/" + number, "");
    return ask_platform("products/" + std::to_string(place.product) + "/variants/" + number, json);
}

http::Request Requests::set_amount(const Place& place, std::int64_t amount) const {
    if (api_ == RestApi::module) {
        // Without an id behind the path it would be about all of them.
        const auto path = place.variant
                              ? "xc-productvariants-productvariant/" + std::to_string(*place.variant)
                              : "product/" + std::to_string(place.product);
        auto request = ask_module(path, "");
        request.body = "_key=" + percent_encode(access_.password) +
                       "&_method=put&_path=" + percent_encode(path) +
                       "&model%5Bamount%5D=" + std::to_string(amount);
        request.rewind = http::Rewind::forbidden;
        return request;
    }
    auto path = "products/" + std::to_string(place.product);
    if (place.variant) path += "/variants/" + std::to_string(*place.variant);
    auto request = ask_platform(path, json);
    request.method = http::Method::put;
    request.content_type = json;
    request.body = "{\"amount\":" + std::to_string(amount) + "}";
    request.rewind = http::Rewind::forbidden;
    return request;
}

http::Request Requests::orders(std::optional<WallTime> since, const Part& part) const {
    if (api_ == RestApi::module) {
        // In the form in which an order's lines come with it.
        const auto more =
            "&_schema=complex&_cnd%5BorderBy%5D%5B0%5D=o.date&_cnd%5BorderBy%5D%5B1%5D=desc" + limit(part);
        return ask_module("order", more);
    }
    auto path = "orders?" + page(part) + "&order%5Bdate%5D=desc";
    if (since) path += "&date%5Bafter%5D=" + percent_encode(iso_time(*since));
    return ask_platform(path, json);
}

http::Request Requests::orders_total() const {
    return ask_platform("orders?" + page({0, 1}), json_with_total);
}

http::Request Requests::order(std::string_view number) const {
    if (api_ == RestApi::module)
        return ask_module("order",
                          "&_schema=complex&_cnd%5BorderNumber%5D=" + percent_encode(number) + limit({0, 2}));
    return ask_platform("orders/by_number/" + percent_encode(number), json);
}

}  // namespace stocktray::cart::xcart_rest
