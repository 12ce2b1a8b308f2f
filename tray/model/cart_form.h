// The form of a cart as a person fills it in: texts, and what is wrong with each. Pure; the agent decides in
// the end.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ipc/messages/carts.h"

namespace stocktray::tray {

enum class CartField {
    name,
    cart,
    kind,
    url,
    allow_http,
    user,
    password,
    password_again,
    synchronize_inventory,
    active,
    store_url,
    store_code,
    dialect,
    charset,
    connections,
    batch_size,
    items_per_send,
    answer_within,
    buffer,
    exclude,
    sku_map,
};

struct CartForm {
    struct MapRow {
        std::string om_sku{};
        std::string store_skus{};  // separated by commas
        bool operator==(const MapRow&) const = default;
    };

    bool is_new{true};
    std::string name{};
    std::string cart{};  // while it is new and empty: made from the name
    ipc::CartKind kind{ipc::CartKind::seti};
    std::string url{};
    bool allow_http{false};
    std::string user{};
    ipc::Secret password{};  // empty: unchanged
    ipc::Secret password_again{};
    std::string store_url{};
    std::string store_code{};
    ipc::Dialect dialect{ipc::Dialect::auto_};
    ipc::Charset charset{ipc::Charset::utf_8};
    bool synchronize_inventory{false};
    bool active{true};
    std::string connections{"4"};
    std::string batch_size{"250"};
    std::string items_per_send{"100"};
    std::string answer_within{"30"};  // seconds
    std::string buffer{"0"};
    std::string exclude{};  // a SKU a line
    std::vector<MapRow> sku_map{};

    bool operator==(const CartForm&) const = default;

    [[nodiscard]] static CartForm of(const ipc::carts::Cart& cart);

    [[nodiscard]] std::string id() const;
    [[nodiscard]] bool is_plain_http() const;
    // The fields that X-Cart's own interface does not use are hidden.
    [[nodiscard]] bool uses_script() const { return kind == ipc::CartKind::seti; }

    // What must be put right before it can be saved, by field; empty: nothing. `taken`: ids of other carts.
    using Problems = std::map<CartField, std::string>;
    [[nodiscard]] Problems problems(const std::vector<std::string>& taken) const;

    // What was changed elsewhere, from `before` to `now`, comes into the fields that are still as `before`. Given back:
    // those that a person has changed, and somebody else, too. They stay.
    [[nodiscard]] std::set<CartField> follow(const CartForm& before, const CartForm& now);

    // All of these want a form without problems.
    [[nodiscard]] ipc::carts::Create create() const;
    // Only what a person has changed since the form was as `before`.
    [[nodiscard]] ipc::carts::Update update(const CartForm& before) const;
    [[nodiscard]] ipc::carts::Test test() const;
};

// "Seeds & More" -> "seeds-more": what an id may be made of. Empty where nothing is left.
[[nodiscard]] std::string id_from(const std::string& name);

}  // namespace stocktray::tray
