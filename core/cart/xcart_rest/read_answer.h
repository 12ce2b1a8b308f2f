// A reply, judged as far as all questions judge it alike, and the values in it.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::xcart_rest {

// No answer to what was asked.
struct Trouble {
    Cause cause{Cause::none};
    bool was_sent{true};  // false: certainly nothing left this machine
    bool is_shop{false};  // X-Cart's interface itself says so, not something on the way to it
    int status{0};
    std::optional<Milliseconds> retry_after;
    std::string text;  // without secrets, at most 1 KiB
};

template <class T>
using Answer = tl::expected<T, Trouble>;

struct Value {
    nlohmann::json json;
    bool has_preamble{false};  // something was printed in front of it
};
[[nodiscard]] Answer<Value> read_answer(const http::Reply& reply, RestApi api,
                                        const seti::Redactor& redactor);

// The JSON in a body that may begin with something else (a PHP notice); none if there is none.
[[nodiscard]] std::optional<Value> find_json(const std::string& body);

struct Product {
    std::int64_t id{0};
    std::string sku;  // empty: it has none
    std::int64_t amount{0};
    bool is_tracked{true};
};
struct Variant {
    std::int64_t id{0};
    std::string sku;
    std::int64_t amount{0};
    bool shares_stock{false};  // with its product
};
struct OrderLine {
    std::string sku;
    std::int64_t product{0};
    std::optional<std::int64_t> variant;
    std::int64_t taken{0};  // pieces out of the stock
};
struct Order {
    std::string number;
    WallTime date{};
    std::vector<OrderLine> lines;
};

// None: not of that form.
[[nodiscard]] std::optional<Product> read_product(const nlohmann::json& json);
[[nodiscard]] std::optional<Variant> read_variant(const nlohmann::json& json);
[[nodiscard]] std::optional<Order> read_order(const nlohmann::json& json);

template <class T>
[[nodiscard]] std::optional<std::vector<T>> read_list(const nlohmann::json& json,
                                                      std::optional<T> (*read)(const nlohmann::json&)) {
    if (!json.is_array()) return std::nullopt;
    std::vector<T> list;
    list.reserve(json.size());
    for (const auto& entry : json) {
        auto one = read(entry);
        if (!one) return std::nullopt;
        list.push_back(*std::move(one));
    }
    return list;
}

// How many there are in all; none if the answer does not say.
[[nodiscard]] std::optional<std::int64_t> read_total(const nlohmann::json& json);

// `2026-11-25T10:00:00+01:00`, also without the colon.
[[nodiscard]] std::optional<WallTime> read_time(std::string_view text);

}  // namespace stocktray::cart::xcart_rest
