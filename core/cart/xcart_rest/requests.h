// The requests of both generations. The key goes into a header or a body, never into an address.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"
#include "core/cart/xcart_rest/memory.h"

namespace stocktray::cart::xcart_rest {

constexpr std::int64_t largest_page = 100;  // more is not given by X-Cart 5.5

// Part of a list: `size` entries behind `skipped`, which is a multiple of `size`.
struct Part {
    std::int64_t skipped{0};
    std::int64_t size{largest_page};
};

class Requests {
public:
    Requests(Access access, RestApi api);

    [[nodiscard]] http::Request products(const Part& part) const;
    [[nodiscard]] http::Request products_total() const;                                       // platform only
    [[nodiscard]] http::Request products_like(std::string_view sku, const Part& part) const;  // module only
    [[nodiscard]] http::Request product(std::int64_t id) const;
    [[nodiscard]] http::Request variants_of(std::int64_t product, const Part& part) const;  // platform only
    [[nodiscard]] http::Request variants(const Part& part) const;                           // module only
    [[nodiscard]] http::Request variant(const Place& place) const;
    // Writes a count as it is. Never travels twice by itself.
    [[nodiscard]] http::Request set_amount(const Place& place, std::int64_t amount) const;

    // Orders, the latest first. `since` narrows them where the shop can (platform only): what comes is to be looked at all
    // the same. Never by SKU: a variant under a SKU of its own draws on the product's stock, and X-Cart takes a SKU for a
    // list or a pattern.
    [[nodiscard]] http::Request orders(std::optional<WallTime> since, const Part& part) const;
    [[nodiscard]] http::Request orders_total() const;  // platform only
    [[nodiscard]] http::Request order(std::string_view number) const;

    [[nodiscard]] RestApi api() const noexcept { return api_; }
    [[nodiscard]] seti::Redactor redactor() const { return seti::Redactor{access_.password}; }

private:
    [[nodiscard]] http::Request ask_platform(std::string_view path, std::string_view format) const;
    [[nodiscard]] http::Request ask_module(std::string_view path, std::string_view more) const;
    [[nodiscard]] http::Request common() const;

    Access access_;
    RestApi api_;
    std::string shop_;  // the shop's address, with a slash at the end
};

// The shop's address in what was typed in as its URL: without `admin.php`, `api` and what follows them.
[[nodiscard]] std::string shop_address(std::string_view url);

}  // namespace stocktray::cart::xcart_rest
