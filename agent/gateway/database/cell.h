// What a column of a row says, from its text as the driver gives it. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "agent/gateway/database/watch_rule.h"

namespace stocktray::gateway::database {

// None: NULL.
using Cell = std::optional<std::string>;

// The columns of the query in this order; the last two may be missing (no value, not NULL).
struct RawRow {
    Cell sku{};
    Cell qoh{};
    std::optional<Cell> name{};
    std::optional<Cell> tracked{};
};

// A row that cannot be taken, and why.
struct BadRow {
    std::string sku{};  // empty: it has none
    std::string why{};  // "its count 2.5 is no whole number"
};

// Blanks at the end of a SKU are a fixed-width column's, not the SKU's. A count may be written as 12, 12.000 or 1.2E1;
// one that is NULL is 0 where the item is not tracked.
[[nodiscard]] tl::expected<Counted, BadRow> read_row(const RawRow& raw);

}  // namespace stocktray::gateway::database
