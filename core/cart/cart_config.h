// A cart as it was defined to us. The password is not part of it: it lives in the secret store.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/sku_map.h"
#include "core/inventory/listing.h"

namespace stocktray::cart {

struct CartConfig {
    std::string id;    // chosen by the client, [a-z0-9_-]{1,64}
    std::string name;  // what people call it
    std::string kind{"seti"};
    std::string url;
    std::string store_url;
    std::string user;
    std::string store_code;
    Charset charset{Charset::utf_8};
    std::optional<Dialect> dialect;  // none: found out by asking
    bool synchronize_inventory{false};
    bool is_active{true};
    http::PlainHttp plain_http{http::PlainHttp::refused};
    std::int64_t connections{4};
    std::int64_t batch_size{250};
    std::int64_t items_per_send{100};
    Milliseconds timeout{30'000};
    std::int64_t buffer{0};
    std::set<std::string> exclude;  // OM SKUs that are never posted here
    SkuMap sku_map;                // OM SKU -> its listings here

    bool operator==(const CartConfig&) const = default;
};

// The listings of an OM SKU at this cart: none if it is excluded, or if its own name already stands for
// another OM SKU's listing (two OM SKUs on one listing would count every piece twice).
[[nodiscard]] std::vector<std::string> listings_of(const CartConfig& config, const std::string& om_sku);

// The OM SKU that a listing of this cart stands for: the other way round.
[[nodiscard]] std::optional<std::string> om_sku_of(const CartConfig& config, const std::string& store_sku);

// Why a cart is stopped until a person has acted (or the credentials have changed).
enum class Stop {
    none,
    credentials,
    absolute_script,  // its script takes differences as counts
    other_agent,      // its connector belongs to another agent
    store_changed,    // another database answers than the one the posts were made for
    store_restored,   // its database went back in time
    agent_restored,   // our database went back in time
    cloned,           // our folder was copied to another machine
};
[[nodiscard]] std::string_view to_string(Stop stop) noexcept;
[[nodiscard]] Stop stop_from(std::string_view word) noexcept;
// The same in a sentence for a person, and what to do.
struct StopText {
    std::string_view message;
    std::string_view hint;
};
[[nodiscard]] StopText in_words(Stop stop) noexcept;

}  // namespace stocktray::cart
