// carts.*: the web stores as they are defined to the agent.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/trouble.h"
#include "ipc/messages/vocabulary.h"
#include "ipc/secret.h"

namespace stocktray::ipc::carts {

// The store's SKUs of one SKU of the Order Manager. On the wire one of them stands alone, several in a list.
struct StoreSkus {
    std::vector<std::string> skus{};
    bool operator==(const StoreSkus&) const = default;
};
using SkuMap = std::map<std::string, StoreSkus>;

template <class T>
using Plain = T;
template <class T>
using Maybe = std::optional<T>;

// A default is for a whole cart only: where every field may be left out, it would change what nobody named.
template <class T>
[[nodiscard]] constexpr T initially(auto value) {
    if constexpr (is_optional<T>)
        return std::nullopt;
    else
        return T{value};
}

// A cart's definition without its password: whole (`Plain`), or only the fields that are given (`Maybe`).
template <template <class> class Given>
struct Definition {
    std::string cart{};  // the id, chosen by the client
    Given<std::string> name{};
    Given<CartKind> kind = initially<Given<CartKind>>(CartKind::seti);
    Given<std::string> url{};  // the import script
    Given<std::string> user{};
    std::optional<std::string> store_url{};  // the shop itself, for people; empty: none
    Given<std::string> store_code{};
    Given<Charset> charset = initially<Given<Charset>>(Charset::utf_8);
    Given<Dialect> dialect = initially<Given<Dialect>>(Dialect::auto_);
    Given<bool> synchronize_inventory = initially<Given<bool>>(false);
    Given<bool> active = initially<Given<bool>>(true);
    Given<bool> allow_http = initially<Given<bool>>(false);
    Given<std::int64_t> connections = initially<Given<std::int64_t>>(4);
    Given<std::int64_t> batch_size = initially<Given<std::int64_t>>(250);      // records per download
    Given<std::int64_t> items_per_send = initially<Given<std::int64_t>>(100);  // of Send QOH
    Given<std::int64_t> timeout_ms = initially<Given<std::int64_t>>(30'000);
    Given<std::int64_t> buffer = initially<Given<std::int64_t>>(0);  // pieces kept back from the store
    Given<std::vector<std::string>> exclude{};                       // SKUs that are not sent there
    Given<SkuMap> sku_map{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Definition::cart, rules::cart));
        visit(field("name", &Definition::name, rules::some_line));
        visit(field("kind", &Definition::kind));
        visit(field("url", &Definition::url, rules::url));
        visit(field("user", &Definition::user, rules::line));
        visit(field("store_url", &Definition::store_url, rules::url_or_none));
        visit(defaulted("store_code", &Definition::store_code, rules::line));
        visit(defaulted("charset", &Definition::charset));
        visit(defaulted("dialect", &Definition::dialect));
        visit(defaulted("synchronize_inventory", &Definition::synchronize_inventory));
        visit(defaulted("active", &Definition::active));
        visit(defaulted("allow_http", &Definition::allow_http));
        visit(defaulted("connections", &Definition::connections, rules::between(1, 64)));
        visit(defaulted("batch_size", &Definition::batch_size, rules::between(1, 10'000)));
        visit(defaulted("items_per_send", &Definition::items_per_send, rules::between(1, 10'000)));
        visit(defaulted("timeout_ms", &Definition::timeout_ms, rules::between(1'000, 600'000)));
        visit(defaulted("buffer", &Definition::buffer, rules::between(0, rules::most_pieces)));
        visit(defaulted("exclude", &Definition::exclude, rules::at_most(100'000, rules::sku)));
        visit(defaulted("sku_map", &Definition::sku_map, rules::at_most(100'000, rules::sku)));
    }
    bool operator==(const Definition&) const = default;
};

struct Cart : Definition<Plain> {
    static constexpr std::string_view type_name = "Cart";
    bool operator==(const Cart&) const = default;
};

struct ListResult {
    std::vector<Cart> carts{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("carts", &ListResult::carts));
        visit(field("next", &ListResult::next, rules::cursor));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"carts.list", Role::viewer, Effect::reads};
    std::optional<std::string> after{};
    std::optional<std::int64_t> limit{};  // none: as many as one answer holds

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("after", &List::after, rules::cursor));
        visit(field("limit", &List::limit, rules::limit));
    }
    bool operator==(const List&) const = default;
};

struct Create : Cart {
    using Result = Nothing;
    static constexpr Method method{"carts.create", Role::admin, Effect::changes_state};
    std::optional<Secret> password{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Cart::each_field(visit);
        visit(field("password", &Create::password, rules::line));
        visit(field("id", &Create::id, rules::id));
    }
    bool operator==(const Create&) const = default;
};

// Changes only the fields given.
struct Update : Definition<Maybe> {
    using Result = Nothing;
    static constexpr Method method{"carts.update", Role::admin, Effect::changes_state};
    std::optional<Secret> password{};
    std::optional<bool> same_store{};  // another url or store_code is still the same store
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Definition::each_field(visit);
        visit(field("password", &Update::password, rules::line));
        visit(field("same_store", &Update::same_store));
        visit(field("id", &Update::id, rules::id));
    }
    bool operator==(const Update&) const = default;
};

struct Delete {
    using Result = Nothing;
    static constexpr Method method{"carts.delete", Role::admin, Effect::changes_state};
    std::string cart{};
    std::optional<bool> cancel_posts{};
    std::optional<std::string> reason{};  // needed with cancel_posts
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Delete::cart, rules::cart));
        visit(field("cancel_posts", &Delete::cancel_posts));
        visit(field("reason", &Delete::reason, rules::some_line));
        visit(field("id", &Delete::id, rules::id));
    }
    bool operator==(const Delete&) const = default;
};

struct TestResult {
    bool ok{false};
    std::optional<std::string> version{};  // as the script told it
    std::optional<std::int64_t> product_count{};
    std::int64_t round_trip_ms{0};
    std::vector<std::string> capabilities{};
    std::vector<Trouble> problems{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("ok", &TestResult::ok));
        visit(field("version", &TestResult::version, rules::line));
        visit(field("product_count", &TestResult::product_count, rules::number));
        visit(field("round_trip_ms", &TestResult::round_trip_ms, rules::duration));
        visit(field("capabilities", &TestResult::capabilities, rules::at_most(1'000, rules::line)));
        visit(field("problems", &TestResult::problems));
    }
    bool operator==(const TestResult&) const = default;
};

// Asks the store. With only `cart` the saved one; fields that are given are tried in place of the saved
// ones, or make up a cart that is not saved yet.
struct Test : Definition<Maybe> {
    using Result = TestResult;
    static constexpr Method method{"carts.test", Role::operator_, Effect::reads};
    std::optional<Secret> password{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Definition::each_field(visit);
        visit(field("password", &Test::password, rules::line));
    }
    bool operator==(const Test&) const = default;
};

// A person says that this agent is the one for the cart's connector, whoever wrote there before.
struct Takeover {
    using Result = Nothing;
    static constexpr Method method{"carts.takeover", Role::admin, Effect::changes_state};
    std::string cart{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Takeover::cart, rules::cart));
        visit(field("id", &Takeover::id, rules::id));
    }
    bool operator==(const Takeover&) const = default;
};

// A person agrees that the store was restored from a backup or replaced.
struct AcceptStore {
    using Result = Nothing;
    static constexpr Method method{"carts.accept_store", Role::admin, Effect::changes_state};
    std::string cart{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &AcceptStore::cart, rules::cart));
        visit(field("id", &AcceptStore::id, rules::id));
    }
    bool operator==(const AcceptStore&) const = default;
};

}  // namespace stocktray::ipc::carts
