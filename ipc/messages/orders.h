// orders.imported: how far the Order Manager has imported a cart's web orders.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"

namespace stocktray::ipc::orders {

struct OrderLine {
    static constexpr std::string_view type_name = "OrderLine";
    std::string sku{};                     // the Order Manager's
    std::optional<std::string> listing{};  // the store's SKU, where the SKU has several there
    std::int64_t qty{0};                   // 0 closes a line that was reported before
    std::optional<std::int64_t> taken{};   // pieces already taken from QOH; none: all

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("sku", &OrderLine::sku, rules::sku));
        visit(field("listing", &OrderLine::listing, rules::sku));
        visit(field("qty", &OrderLine::qty, rules::pieces));
        visit(field("taken", &OrderLine::taken, rules::pieces));
    }
    bool operator==(const OrderLine&) const = default;
};

struct WebOrder {
    static constexpr std::string_view type_name = "WebOrder";
    std::string order{};  // its number as the shop shows it
    std::vector<OrderLine> lines{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("order", &WebOrder::order, rules::some_line));
        visit(field("lines", &WebOrder::lines, rules::at_most(10'000)));
    }
    bool operator==(const WebOrder&) const = default;
};

// A line that no accepted change has covered yet.
struct MissingLine {
    static constexpr std::string_view type_name = "MissingLine";
    std::string order{};
    std::string sku{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("order", &MissingLine::order, rules::line));
        visit(field("sku", &MissingLine::sku, rules::sku));
    }
    bool operator==(const MissingLine&) const = default;
};

struct ImportedResult {
    bool complete{false};
    std::vector<MissingLine> missing{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("complete", &ImportedResult::complete));
        visit(field("missing", &ImportedResult::missing));
    }
    bool operator==(const ImportedResult&) const = default;
};

// Called when the changes of the import have been submitted and acknowledged.
struct Imported {
    using Result = ImportedResult;
    static constexpr Method method{"orders.imported", Role::order_manager, Effect::changes_state};
    std::string cart{};
    std::int64_t at{0};
    std::string last_order{};
    std::optional<std::int64_t> last_order_date{};
    std::int64_t count{0};
    std::optional<std::vector<WebOrder>> orders{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Imported::cart, rules::cart));
        visit(field("at", &Imported::at, rules::moment));
        visit(field("last_order", &Imported::last_order, rules::line));
        visit(field("last_order_date", &Imported::last_order_date, rules::moment));
        visit(field("count", &Imported::count, rules::number));
        visit(field("orders", &Imported::orders, rules::at_most(10'000)));
    }
    bool operator==(const Imported&) const = default;
};

}  // namespace stocktray::ipc::orders
